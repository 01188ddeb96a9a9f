// Makes of one module one that notes which functions ran, or two: a first that has the functions named, and a later one
// that has the rest and joins when it is needed or when it has come, whichever is earlier.
//
//   first:  call f -> [stub f: ensure(); call_indirect slot f] -> table slot f <- the later module's f
//   later:  imports the first one's memory, tables, globals and functions; puts its own constants into the memory
//
// A stub asks one global whether the later module is there; where it is not, it calls `load`, which the page's glue
// answers by loading it at once. From then on the table's own slots hold the functions themselves.
import * as data from './data.mjs';
import * as wasm from './wasm.mjs';

const { ID, KIND } = wasm;
const I32 = 0x7f;

/** A body this short is kept in the first module: a stub would be as long. */
const SHORT = 20;

const imported = (of, kind) => of.imports.filter((one) => one.kind === kind).length;

/** The module with a global for each function of its own, exported as `ran0`, `ran1`, ..., which tells whether it ran. */
export function noting(bytes) {
  const of = wasm.read(bytes);
  const first = imported(of, KIND.global) + of.globals.length;
  const globals = [...of.globals];
  const exports = [...of.exports];
  const code = of.code.map((body, ix) => {
    globals.push({ type: [I32, 1], init: [0x41, 0, 0x0b] });
    exports.push({ name: `ran${ix}`, kind: KIND.global, ix: first + ix });
    const r = new wasm.Reader(body);
    wasm.locals(r);
    return wasm.concat([body.subarray(0, r.at), [0x41, 1, 0x24], wasm.uint(first + ix), body.subarray(r.at)]);
  });
  return write({ ...of, globals, exports, code });
}

/** Writes a module. */
function write(of) {
  const out = [];
  const put = (id, items, one) => { if (items.length > 0) out.push(wasm.section(id, wasm.list(items.map(one)))); };
  put(ID.type, of.types, (type) => type.raw);
  put(ID.import, of.imports, wasm.writeImport);
  put(ID.func, of.funcs, wasm.uint);
  put(ID.table, of.tables, wasm.writeTable);
  put(ID.memory, of.memories, (one) => one);
  put(ID.global, of.globals, ({ type, init }) => wasm.concat([type, init]));
  put(ID.export, of.exports, wasm.writeExport);
  if (of.start !== null) out.push(wasm.section(ID.start, wasm.uint(of.start)));
  put(ID.elem, of.elems, writeElem);
  if (of.count) out.push(wasm.section(ID.count, of.count));
  put(ID.code, of.code, wasm.writeBody);
  if (of.data) out.push(wasm.section(ID.data, of.data));
  return wasm.module(out);
}

function writeElem({ flags, table, offset, funcs }) {
  const head = [wasm.uint(flags)];
  if (flags === 2) head.push(wasm.uint(table));
  if (offset) head.push(offset);
  if (flags !== 0) head.push([0]);
  return wasm.concat([...head, wasm.list(funcs.map(wasm.uint))]);
}

/** The number that an offset of a segment is, where it is one. */
function constant(offset) {
  if (offset === null || offset[0] !== 0x41) return null;
  let [value, shift, at] = [0, 0, 1];
  for (; ; at += 1, shift += 7) {
    value |= (offset[at] & 127) << shift;
    if (offset[at] < 128) return value;
  }
}

/** What the split is about: which functions stay, who calls whom, which slots of the table they have. */
function plan(bytes, ran) {
  const of = wasm.read(bytes);
  const known = imported(of, KIND.func);
  const refs = of.code.map(wasm.references);
  const stays = of.code.map((body, ix) => ran.has(ix) || body.length <= SHORT
    || refs[ix].some((ref) => ref.what !== 'call'));
  for (const one of of.exports) if (one.kind === KIND.func && one.ix >= known) stays[one.ix - known] = true;
  if (of.start !== null && of.start >= known) stays[of.start - known] = true;
  // a reference that is taken as a value must name the function itself
  for (const { what, value } of refs.flat()) if (what === 'ref' && value >= known) stays[value - known] = true;
  const later = (func) => func >= known && !stays[func - known];

  const table = of.tables.findIndex((one) => one.type === 0x70);
  const slots = new Map(); // function -> a slot that holds it
  const held = []; // [slot, function] of all slots that hold a later function
  for (const elem of of.elems) {
    const from = constant(elem.offset);
    elem.funcs.forEach((func, n) => {
      if (!later(func)) return;
      if (from === null || elem.table !== table) throw new Error('a later function stands in a segment without a place');
      held.push([from + n, func]);
      slots.set(func, from + n);
    });
  }
  let size = of.tables[table].min;
  const called = new Set();
  of.code.forEach((_, ix) => {
    if (stays[ix]) for (const { what, value } of refs[ix]) if (what === 'call' && later(value)) called.add(value);
  });
  for (const func of called) if (!slots.has(func)) { held.push([size, func]); slots.set(func, size); size += 1; }
  return { of, known, refs, stays, later, table, slots, held, size };
}

/** The same module without what it says of itself. */
export const plain = (bytes) => write(wasm.read(bytes));

/** The first and the later module; `ran` holds the numbers, among the module's own, of the functions that stay. `known`
 *  is what the linker told of the constants (data.mjs); without it they all stay. */
export function split(bytes, ran, known) {
  const plans = plan(bytes, ran);
  const [datas, moved] = constants(plans, known);
  const [first, names] = firstOf(plans, datas[0]);
  const kept = plans.stays.filter(Boolean).length;
  return { first, later: laterOf(plans, names, datas[1]), kept, of: plans.stays.length, moved };
}

/** The data sections of both modules, and how many bytes moved. */
function constants({ of, refs, stays }, known) {
  // where code names segments by number, they cannot be cut
  const whole = { data: of.data, count: of.count };
  if (!known || !of.data || refs.flat().some(({ what }) => what === 'segment')) return [[whole, null], 0];
  const named = new Set(of.code.flatMap((body, ix) => (stays[ix] ? wasm.numbers(body) : [])));
  const parts = data.segments(of.data);
  data.agree(parts, known);
  const divided = data.divide(parts, data.later(known, named));
  const moved = divided[1].reduce((sum, { bytes }) => sum + bytes.length, 0);
  // a count of segments is for code that names them
  const [own, constant] = divided.map((all) => data.writeSegments(all));
  return [[{ data: own, count: null }, constant], moved];
}

function firstOf({ of, known, refs, stays, later, table, slots, size }, own) {
  const types = [...of.types];
  const nothing = typeOf(types, [], []);
  const load = known; // the import that is added
  const number = new Map();
  let next = known + 1;
  stays.forEach((stay, ix) => { if (stay) { number.set(known + ix, next); next += 1; } });
  const stubbed = [...slots.keys()];
  stubbed.forEach((func, n) => number.set(func, next + n));
  const ensure = next + stubbed.length;
  const map = (func) => (func < known ? func : number.get(func));
  const loaded = imported(of, KIND.global) + of.globals.length;

  const funcs = [];
  const code = [];
  stays.forEach((stay, ix) => {
    if (!stay) return;
    funcs.push(of.funcs[ix]);
    code.push(wasm.renumber(of.code[ix], refs[ix], map));
  });
  for (const func of stubbed) {
    const type = of.funcs[func - known];
    funcs.push(type);
    const given = types[type].params.flatMap((_, n) => [0x20, ...wasm.uint(n)]);
    code.push([0, 0x10, ...wasm.uint(ensure), ...given, 0x41, ...wasm.int(slots.get(func)), 0x11, ...wasm.uint(type),
      ...wasm.uint(table), 0x0b]);
  }
  funcs.push(nothing);
  code.push([0, 0x23, ...wasm.uint(loaded), 0x45, 0x04, 0x40, 0x10, ...wasm.uint(load), 0x0b, 0x0b]);

  const { exports, names } = shared(of, { known, refs, stays, later, map });
  exports.push({ name: 'later', kind: KIND.global, ix: loaded });
  const first = write({
    ...of, types, funcs, code, ...own,
    imports: [...of.imports, { of: 'later', field: 'load', kind: KIND.func, rest: wasm.uint(nothing) }],
    tables: of.tables.map((one, ix) => (ix === table ? { ...one, min: size, max: one.max && Math.max(one.max, size) } : one)),
    globals: [...of.globals, { type: [I32, 1], init: [0x41, 0, 0x0b] }],
    exports: [...of.exports.map((one) => (one.kind === KIND.func ? { ...one, ix: map(one.ix) } : one)), ...exports],
    start: of.start === null ? null : map(of.start),
    elems: of.elems.map((elem) => ({ ...elem, funcs: elem.funcs.map(map) })),
  });
  return [first, names];
}

/** The type of a function, which is added where it is not there yet. */
function typeOf(types, params, results) {
  const raw = wasm.concat([[0x60], wasm.list(params.map((one) => [one])), wasm.list(results.map((one) => [one]))]);
  const same = types.findIndex((type) => Buffer.from(type.raw).equals(Buffer.from(raw)));
  if (same >= 0) return same;
  types.push({ raw, params });
  return types.length - 1;
}

/** What the later module needs of the first: exports, and the name of each function among them. */
function shared(of, { known, refs, stays, later, map }) {
  const needed = new Set();
  of.code.forEach((_, ix) => {
    if (!stays[ix]) for (const { value } of refs[ix]) if (value >= known && !later(value)) needed.add(value);
  });
  // in the order of their numbers, which packs best
  const names = new Map([...needed].sort((a, b) => map(a) - map(b)).map((func, n) => [func, n.toString(36)]));
  const exports = [...names].map(([func, name]) => ({ name: `f${name}`, kind: KIND.func, ix: map(func) }));
  const add = (count, letter, kind) => { for (let ix = 0; ix < count; ix += 1) exports.push({ name: letter + ix, kind, ix }); };
  add(of.tables.length, 't', KIND.table);
  add(of.memories.length, 'm', KIND.memory);
  add(of.globals.length, 'g', KIND.global);
  return { exports, names };
}

function laterOf({ of, known, refs, stays, later, table, held, size }, names, constant) {
  const imports = [];
  const number = new Map();
  const take = (func, one) => { if (!number.has(func)) { number.set(func, imports.length); imports.push(one); } };
  const outside = of.imports.filter((one) => one.kind === KIND.func);
  of.code.forEach((_, ix) => {
    if (stays[ix]) return;
    for (const { value } of refs[ix]) {
      if (value < known) take(value, outside[value]);
      else if (!later(value)) {
        take(value, { of: 'first', field: `f${names.get(value)}`, kind: KIND.func, rest: wasm.uint(of.funcs[value - known]) });
      }
    }
  });
  let next = imports.length;
  stays.forEach((stay, ix) => { if (!stay) { number.set(known + ix, next); next += 1; } });
  const map = (func) => number.get(func);
  const share = (letter, kind) => (rest, ix) => imports.push({ of: 'first', field: letter + ix, kind, rest });
  of.tables.map((one, ix) => wasm.writeTable(ix === table ? { ...one, min: size, max: one.max && Math.max(one.max, size) } : one))
    .forEach(share('t', KIND.table));
  of.memories.forEach(share('m', KIND.memory));
  of.globals.map((one) => one.type).forEach(share('g', KIND.global));

  const rows = held.sort((a, b) => a[0] - b[0]);
  const elems = [];
  for (const [slot, func] of rows) {
    const last = elems.at(-1);
    if (last && last.from + last.funcs.length === slot) last.funcs.push(map(func));
    else elems.push({ flags: 2, table, from: slot, offset: [0x41, ...wasm.int(slot), 0x0b], funcs: [map(func)] });
  }
  const own = of.code.map((body, ix) => [body, ix]).filter(([, ix]) => !stays[ix]);
  return write({
    ...of, imports, tables: [], memories: [], globals: [], exports: [], start: null, elems, data: constant, count: null,
    funcs: own.map(([, ix]) => of.funcs[ix]),
    code: own.map(([body, ix]) => wasm.renumber(body, refs[ix], map)),
  });
}
