// Which constants of the page only the later module needs. The linker says where each object lies in memory and what
// points to it (`--emit-relocs`, build.rs); what no function of the first module names, and nothing that such a
// function names points to, need not be there before the later module is.
//
//   an address in code -> the objects that the linker wrote it for -> what stands in them -> ...
//
// Only constants move, never what a program writes to. Where anything is unsure the object stays.
import * as wasm from './wasm.mjs';

/** Kinds of relocation that write an address, and those that carry a number to add to it. */
const ADDRESSES = new Set([3, 4, 5, 11, 14, 15, 16, 17, 21, 23, 25]);
const WITH_ADDEND = new Set([...ADDRESSES, 8, 9, 22]);
/** Kinds of symbol in the linker's table, its flags, and the parts of its section. */
const SYMBOL = { func: 0, data: 1, global: 2, section: 3, event: 4, table: 5 };
const FLAG = { undefined: 0x10, named: 0x40, absolute: 0x200 };
const PART = { segments: 5, symbols: 8 };
/** Segments of the linker that hold constants. */
const CONSTANT = /^\.rodata/;
/** An address that the linker did not write may have been added up later: what lies so near stays too [bytes]. */
const NEAR = 64;
/** What is so short between two ranges of one module is put into both: a segment of its own would be longer [bytes]. */
const GAP = 12;

/** The segments of a data section, all of them put into memory at the start: where each lies, and its bytes. */
export function segments(section) {
  const r = new wasm.Reader(section);
  return r.list(() => {
    if (r.uint() !== 0) throw new Error('a segment of memory that is not there from the start is not known here');
    r.byte();
    const from = r.int();
    r.byte();
    const length = r.uint();
    const at = r.at; // in the section
    return { from, at, bytes: r.take(length) };
  });
}

export const writeSegments = (all) => wasm.list(all.map(({ from, bytes }) =>
  wasm.concat([[0, 0x41], wasm.int(from), [0x0b], wasm.uint(bytes.length), bytes])));

/** The linker's symbols by number (those that are no data are null): segment, place in it and size. */
function symbols(r) {
  return r.list(() => {
    const kind = r.byte();
    const flags = r.uint();
    if (kind === SYMBOL.section) { r.uint(); return null; }
    if (kind !== SYMBOL.data) {
      r.uint();
      if (!(flags & FLAG.undefined) || flags & FLAG.named) r.name();
      return null;
    }
    r.name();
    if (flags & FLAG.undefined) return null;
    const one = { segment: r.uint(), from: r.uint(), size: r.uint() };
    return flags & FLAG.absolute ? null : one;
  });
}

/** Names of segments, and symbols. */
function linking(r) {
  r.uint();
  const out = { names: [], symbols: [] };
  for (const { id, content: s } of wasm.pieces(r)) {
    if (id === PART.segments) out.names = s.list(() => { const name = s.name(); s.uint(); s.uint(); return name; });
    else if (id === PART.symbols) out.symbols = symbols(s);
  }
  return out;
}

/** The addresses of a section of relocations: where they are written, and what symbol and number they are of. */
function addresses(r) {
  r.uint();
  const all = r.list(() => {
    const kind = r.byte();
    const one = { at: r.uint(), symbol: r.uint(), add: WITH_ADDEND.has(kind) ? r.int() : 0 };
    return ADDRESSES.has(kind) ? one : null;
  });
  return all.filter(Boolean);
}

/** What the linker knows of the constants of a module that it made; null if it was not asked to tell. */
export function linked(bytes) {
  const all = wasm.sections(bytes);
  const own = new Map(all.filter(({ id }) => id === wasm.ID.custom).map(({ content }) => [content.name(), content]));
  const [table, code, data] = ['linking', 'reloc.CODE', 'reloc.DATA'].map((name) => own.get(name));
  const held = all.find(({ id }) => id === wasm.ID.data);
  if (!table || !code || !data || !held) return null;
  const { names, symbols: known } = linking(table);
  const parts = segments(held.content.rest());
  const place = (symbol) => symbol && { from: parts[symbol.segment].from + symbol.from, size: symbol.size,
    moves: CONSTANT.test(names[symbol.segment]) };
  const objects = known.map(place);
  const written = new Map(); // address -> symbols that the linker wrote it for
  const note = (address, symbol) => written.set(address, (written.get(address) ?? new Set()).add(symbol));
  for (const { symbol, add } of addresses(code)) if (objects[symbol]) note(objects[symbol].from + add, symbol);
  const points = []; // [where, symbol]
  for (const { at, symbol } of addresses(data)) {
    const part = parts.find((one) => at >= one.at && at < one.at + one.bytes.length);
    if (!part) throw new Error('an address is written outside all segments');
    points.push([part.from + at - part.at, symbol]);
  }
  return { parts, objects, written, points };
}

/** Pieces of memory without overlaps, in order, each with the symbols that cover it. */
function pieces(objects) {
  const ends = objects.flatMap((one) => (one?.size ? [one.from, one.from + one.size] : []));
  const edges = [...new Set(ends)].sort((a, b) => a - b);
  const all = edges.slice(0, -1).map((from, n) => ({ from, to: edges[n + 1], of: [] }));
  const index = new Map(edges.map((edge, n) => [edge, n]));
  objects.forEach((one, symbol) => {
    if (!one?.size) return;
    for (let n = index.get(one.from); n < index.get(one.from + one.size); n += 1) all[n].of.push(symbol);
  });
  return all;
}

/** The place among `all`, in order of `from`, of the last that begins at or below an address; -1 if there is none. */
function below(all, address) {
  let [low, high] = [-1, all.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (all[middle].from <= address) low = middle; else high = middle - 1;
  }
  return low;
}

/** The ranges of memory that only the later module needs; `named` holds all numbers in the first one's code. */
export function later(known, named) {
  const { objects, written, points } = known;
  const all = pieces(objects);
  const needed = new Set();
  const todo = [];
  const need = (symbol) => { if (!needed.has(symbol)) { needed.add(symbol); todo.push(symbol); } };
  const around = (from, to) => {
    for (let n = Math.max(0, below(all, from)); n < all.length && all[n].from < to; n += 1) {
      if (all[n].to > from) all[n].of.forEach(need);
    }
  };
  const [low, high] = [all[0].from, all.at(-1).to];
  for (const address of named) {
    if (address < low - NEAR || address > high + NEAR) continue;
    const of = written.get(address);
    if (of) { of.forEach(need); around(address, address + 1); } else around(address - NEAR, address + NEAR);
  }
  const held = new Map(); // symbol -> symbols that it points to
  for (const [at, symbol] of points) {
    const piece = all[below(all, at)];
    const by = piece && at < piece.to ? piece.of : [];
    if (by.length === 0) need(symbol); // of what stands there nothing is known, so it stays, and what it points to
    for (const of of by) held.set(of, [...(held.get(of) ?? []), symbol]);
  }
  while (todo.length > 0) (held.get(todo.pop()) ?? []).forEach(need);
  return all.filter(({ of }) => of.length > 0 && of.every((symbol) => objects[symbol].moves && !needed.has(symbol)));
}

/** The segments without the ranges, and those of the ranges alone. */
export function divide(parts, ranges) {
  const [first, second] = [[], []];
  const add = (list, part, from, to) => {
    const last = list.at(-1);
    if (last?.part === part && from - last.to <= GAP) last.to = Math.max(last.to, to);
    else list.push({ part, from, to });
  };
  for (const part of parts) {
    const end = part.from + part.bytes.length;
    let at = part.from;
    for (let n = Math.max(0, below(ranges, at)); n < ranges.length && ranges[n].from < end; n += 1) {
      const [from, to] = [Math.max(ranges[n].from, part.from), Math.min(ranges[n].to, end)];
      if (to <= at) continue;
      if (from > at) add(first, part, at, from);
      add(second, part, from, to);
      at = to;
    }
    if (at < end) add(first, part, at, end);
  }
  const cut = ({ part, from, to }) => ({ from, bytes: part.bytes.subarray(from - part.from, to - part.from) });
  return [first.map(cut), second.map(cut)];
}

/** Throws unless the module holds in memory what the linker put there. */
export function agree(parts, known) {
  for (const { from, bytes } of parts) {
    const to = from + bytes.length;
    const own = known.parts.find((one) => from >= one.from && to <= one.from + one.bytes.length);
    if (own && Buffer.compare(bytes, own.bytes.subarray(from - own.from, to - own.from)) === 0) continue;
    throw new Error('the page does not hold what its linker wrote: is the build older than the page?');
  }
}
