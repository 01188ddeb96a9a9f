"""Models A and B on SimPy, as its documentation writes such things. Reads a number of arrivals a line, runs on until so
many more came, answers with how many came and how many seconds it took."""

import random
import sys
import time
from collections import deque

import simpy


class A:
    """M/M/1: arrivals at 0.9, service at 1; each customer is a process that asks for the server."""

    def __init__(self, env, draw):
        self.env, self.draw, self.came, self.waited = env, draw, 0, 0.0
        self.server = simpy.Resource(env, capacity=1)
        env.process(self.arrive())

    def arrive(self):
        while True:
            yield self.env.timeout(self.draw.expovariate(0.9))
            self.came += 1
            self.env.process(self.customer())

    def customer(self):
        came = self.env.now
        with self.server.request() as request:
            yield request
            yield self.env.timeout(self.draw.expovariate(1.0))
        self.waited += self.env.now - came


class B:
    """Token bucket, queue, batch consumer; times in seconds. A record is a process only when it has to try again."""

    def __init__(self, env, draw):
        self.env, self.draw, self.came, self.waited = env, draw, 0, 0.0
        self.tokens, self.filled = 50.0, 0.0
        self.waiting, self.idle = deque(), None
        env.process(self.arrive())
        env.process(self.consume())

    def take(self):
        now = self.env.now
        self.tokens = min(50.0, self.tokens + (now - self.filled) * 1000.0)
        self.filled = now
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True

    def put(self, made):
        self.waiting.append(made)
        if self.idle is not None:
            self.idle.succeed()
            self.idle = None

    def again(self, made):
        while True:
            yield self.env.timeout(0.1)
            if self.take():
                self.put(made)
                return

    def arrive(self):
        while True:
            yield self.env.timeout(self.draw.expovariate(990.0))
            self.came += 1
            if self.take():
                self.put(self.env.now)
            else:
                self.env.process(self.again(self.env.now))

    def consume(self):
        while True:
            if not self.waiting:
                self.idle = self.env.event()
                yield self.idle
            batch = [self.waiting.popleft() for _ in range(min(100, len(self.waiting)))]
            yield self.env.timeout(0.02 + 0.0005 * len(batch))
            now = self.env.now
            for made in batch:
                self.waited += now - made


def main():
    env = simpy.Environment()
    model = (A if sys.argv[1] == "a" else B)(env, random.Random(7))
    rate = 0.9 if sys.argv[1] == "a" else 990.0
    for line in sys.stdin:
        before, begun = model.came, time.perf_counter()
        env.run(until=env.now + int(line) / rate)
        print(model.came - before, time.perf_counter() - begun, flush=True)


main()
