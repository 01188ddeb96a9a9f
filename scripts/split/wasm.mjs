// Reads and writes WebAssembly modules as far as splitting one needs it: sections, and in code the references to
// functions. Knows the instructions that rustc and wasm-opt emit for the page (no vectors, threads or exceptions), and
// refuses others by their number.

/** Section ids of the format. */
export const ID = { custom: 0, type: 1, import: 2, func: 3, table: 4, memory: 5, global: 6, export: 7, start: 8, elem: 9,
  code: 10, data: 11, count: 12 };

/** Kinds of imports and exports. */
export const KIND = { func: 0, table: 1, memory: 2, global: 3 };

/** A place in bytes that moves on as it is read. */
export class Reader {
  constructor(bytes, at = 0, end = bytes.length) { Object.assign(this, { bytes, at, end }); }
  byte() { return this.bytes[this.at++]; }
  uint() {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = this.bytes[this.at++];
      value += (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte > 127);
    return value;
  }
  /** A signed number of at most 32 bits. */
  int() { return Number(this.long()); }
  /** A signed number of at most 64 bits. */
  long() {
    let [value, shift, byte] = [0n, 0n, 0];
    do {
      byte = this.bytes[this.at++];
      value |= BigInt(byte & 127) << shift;
      shift += 7n;
    } while (byte > 127);
    return byte & 64 ? value - (1n << shift) : value;
  }
  skipInt() { while (this.bytes[this.at++] > 127); }
  take(n) { this.at += n; return this.bytes.subarray(this.at - n, this.at); }
  name() { return new TextDecoder().decode(this.take(this.uint())); }
  list(one) { return Array.from({ length: this.uint() }, () => one(this)); }
  /** All that is left. */
  rest() { return this.bytes.subarray(this.at, this.end); }
  /** The bytes that `pass` moves over. */
  raw(pass) { const from = this.at; pass(this); return this.bytes.subarray(from, this.at); }
}

/** An unsigned number in as few bytes as it takes. */
export function uint(value) {
  const out = [];
  do {
    const byte = value % 128;
    value = Math.floor(value / 128);
    out.push(value > 0 ? byte | 128 : byte);
  } while (value > 0);
  return out;
}

/** A signed number of 32 bits. */
export function int(value) {
  const out = [];
  for (;;) {
    const byte = value & 127;
    value >>= 7;
    const last = (value === 0 && (byte & 64) === 0) || (value === -1 && (byte & 64) !== 0);
    out.push(last ? byte : byte | 128);
    if (last) return out;
  }
}

export const name = (text) => { const bytes = [...new TextEncoder().encode(text)]; return [...uint(bytes.length), ...bytes]; };
export const list = (items) => concat([uint(items.length), ...items]);

/** One array of bytes of many. */
export function concat(parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
}

export const section = (id, body) => concat([[id], uint(body.length), body]);
const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
export const module = (sections) => concat([HEAD, ...sections]);

const limits = (r) => { const flags = r.byte(); r.uint(); if (flags & 1) r.uint(); };

/** Moves over one instruction; tells `seen(what, value, from, to)` of references to functions and segments, and of
 *  numbers, which may be addresses. */
function instruction(r, seen) {
  const op = r.byte();
  if (op === 0x0b) return -1;
  if (op >= 0x02 && op <= 0x04) { r.skipInt(); return 1; }
  if (op === 0x10 || op === 0xd2) { const from = r.at; const of = r.uint(); seen(op === 0x10 ? 'call' : 'ref', of, from, r.at); return 0; }
  if (op === 0x0c || op === 0x0d || (op >= 0x20 && op <= 0x26) || op === 0x3f || op === 0x40 || op === 0xd0) { r.uint(); return 0; }
  if (op === 0x0e) { r.list(() => r.uint()); r.uint(); return 0; }
  if (op === 0x11) { r.uint(); r.uint(); return 0; }
  if (op >= 0x28 && op <= 0x3e) { r.uint(); const from = r.at; seen('number', BigInt(r.uint()), from, r.at); return 0; }
  if (op === 0x1c) { r.list(() => r.byte()); return 0; }
  if (op === 0x41 || op === 0x42) { const from = r.at; seen('number', r.long(), from, r.at); return 0; }
  if (op === 0x43) { r.at += 4; return 0; }
  if (op === 0x44) { r.at += 8; return 0; }
  if (op === 0xfc) { long(r, seen); return 0; }
  const plain = op === 0x00 || op === 0x01 || op === 0x05 || op === 0x0f || op === 0x1a || op === 0x1b || op === 0xd1
    || (op >= 0x45 && op <= 0xc4);
  if (!plain) throw new Error(`instruction 0x${op.toString(16)} at ${r.at - 1} is not known here`);
  return 0;
}

/** The instructions behind 0xfc: conversions, and those of memories, tables and segments. */
function long(r, seen) {
  const op = r.uint();
  const operands = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1][op];
  if (operands === undefined) throw new Error(`instruction 0xfc ${op} is not known here`);
  if (op === 8 || op === 9 || op === 12 || op === 13) seen('segment', 0, r.at, r.at);
  for (let i = 0; i < operands; i += 1) r.uint();
}

/** Moves over an expression to behind its end. */
export function expression(r, seen = () => {}) {
  for (let depth = 1; depth > 0;) depth += instruction(r, seen);
}

/** Where the instructions of a function's body begin, behind its locals. */
export function locals(r) { r.list(() => { r.uint(); r.byte(); }); }

function all(body, wanted) {
  const found = [];
  const r = new Reader(body);
  locals(r);
  while (r.at < r.end) expression(r, (what, value, from, to) => { if (wanted(what)) found.push({ what, value, from, to }); });
  return found;
}

/** A body's references to functions and segments: `{what, value, from, to}`. */
export const references = (body) => all(body, (what) => what !== 'number');

/** The numbers in a body that may be addresses; one of 64 bits may hold two. */
export function numbers(body) {
  return all(body, (what) => what === 'number').flatMap(({ value }) => {
    const bits = BigInt.asUintN(64, value);
    return [bits & 0xffff_ffffn, bits >> 32n].map(Number);
  });
}

/** A body with other numbers of functions. */
export function renumber(body, refs, number) {
  const parts = [];
  let at = 0;
  for (const { what, value, from, to } of refs) {
    if (what === 'segment') continue;
    parts.push(body.subarray(at, from), uint(number(value)));
    at = to;
  }
  parts.push(body.subarray(at));
  return concat(parts);
}

/** The parts of an import: module, name, kind, and the rest as bytes. */
function readImport(r) {
  const [of, field, kind] = [r.name(), r.name(), r.byte()];
  const rest = r.raw(() => {
    if (kind === KIND.func) r.uint();
    else if (kind === KIND.table) { r.byte(); limits(r); } else if (kind === KIND.memory) limits(r);
    else { r.byte(); r.byte(); }
  });
  return { of, field, kind, rest };
}

/** A segment of a table: its flags, where it goes, and its functions. Only such with plain numbers of functions. */
function readElem(r) {
  const flags = r.uint();
  if (flags > 3) throw new Error(`a segment of kind ${flags} is not known here`);
  const table = flags === 2 ? r.uint() : 0;
  const offset = flags === 0 || flags === 2 ? r.raw(() => expression(r)) : null;
  if (flags !== 0) r.byte();
  return { flags, table, offset, funcs: r.list(() => r.uint()) };
}

/** Pieces that begin with their number and length, as a module's sections do: number, and a reader of the content. */
export function pieces(r) {
  const all = [];
  while (r.at < r.end) {
    const id = r.byte();
    const size = r.uint();
    all.push({ id, content: new Reader(r.bytes, r.at, r.at + size) });
    r.at += size;
  }
  return all;
}

/** The sections of a module. */
export const sections = (bytes) => pieces(new Reader(bytes, 8));

/** The whole module, taken apart. */
export function read(bytes) {
  const out = { types: [], imports: [], funcs: [], tables: [], memories: [], globals: [], exports: [], start: null,
    elems: [], code: [], data: null, count: null };
  for (const { id, content: s } of sections(bytes)) {
    if (id === ID.type) out.types = s.list(() => readType(s));
    else if (id === ID.import) out.imports = s.list(readImport);
    else if (id === ID.func) out.funcs = s.list(() => s.uint());
    else if (id === ID.table) out.tables = s.list(() => readTable(s));
    else if (id === ID.memory) out.memories = s.list(() => s.raw(limits));
    else if (id === ID.global) out.globals = s.list(() => readGlobal(s));
    else if (id === ID.export) out.exports = s.list(() => ({ name: s.name(), kind: s.byte(), ix: s.uint() }));
    else if (id === ID.start) out.start = s.uint();
    else if (id === ID.elem) out.elems = s.list(readElem);
    else if (id === ID.code) out.code = s.list(() => s.take(s.uint()));
    else if (id === ID.data) out.data = s.rest();
    else if (id === ID.count) out.count = s.rest();
    else if (id !== ID.custom) throw new Error(`section ${id} is not known here`);
  }
  return out;
}

function readType(s) {
  const raw = s.raw(() => { s.byte(); s.list(() => s.byte()); s.list(() => s.byte()); });
  const inner = new Reader(raw, 1);
  return { raw, params: inner.list(() => inner.byte()) };
}

function readTable(s) {
  const type = s.byte();
  const flags = s.byte();
  return { type, min: s.uint(), max: flags & 1 ? s.uint() : null };
}

function readGlobal(s) {
  const type = s.raw(() => { s.byte(); s.byte(); });
  let refs = 0;
  const init = s.raw(() => expression(s, (what) => { if (what !== 'number') refs += 1; }));
  if (refs > 0) throw new Error('a global that begins as a function is not known here');
  return { type, init };
}

export const writeTable = ({ type, min, max }) => [type, max === null ? 0 : 1, ...uint(min), ...(max === null ? [] : uint(max))];
export const writeImport = ({ of, field, kind, rest }) => concat([name(of), name(field), [kind], rest]);
export const writeExport = ({ name: text, kind, ix }) => concat([name(text), [kind], uint(ix)]);
export const writeBody = (body) => concat([uint(body.length), body]);
