// Makes tokenizer_components.json: what Hugging Face's Rust tokenizers (through their own Node binding) and Google's SentencePiece
// (compiled to WebAssembly) make of hard texts, with small tokenizers that between them use every component.
//   npm i tokenizers@0.23.2 @agnai/sentencepiece-js@1.1.1 && node make_tokenizer_components.mjs > tokenizer_components.json
import { createRequire } from 'node:module';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';

const load = createRequire(join(process.cwd(), 'x.js'));
const { Tokenizer } = load('tokenizers');
const { SentencePieceProcessor } = load('@agnai/sentencepiece-js');

// mulberry32: the texts must be the same each time.
let state = 7;
const random = (n) => {
  state = (state + 0x6D2B79F5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % n;
};

const texts = [
  '', ' ', '   ', '\n', ' a', 'a ', '  a  b  ', 'Hello, world!', "It's we'll I'M don't do not 's n't", 'UPPER lower Title',
  'caf\u00e9 cafe\u0301 \u00c5ngstr\u00f6m \u0130stanbul na\u00efve', '\ufb01n \uff21\uff22\uff23 \u2460\u2461 \u00bd \u33cf \u3314 \uff8a\uff9f\uff8a', 'e\u0301e\u0301\u0302 \u304b\u3099 \u2460\u0301',
  '\u4e2d\u6587 \u65e5\u672c\u8a9e\u30c6\u30b9\u30c8 \u30fc\u30a2 \ud55c\uad6d\uc5b4 \u1112\u1161\u11ab', '\u041f\u0440\u0438\u0432\u0435\u0442 \u03b1\u03b2\u03b3 \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u0928\u092e\u0938\u094d\u0924\u0947',
  'a\tb\r\nc\u000bd\u000ce\u0085f\u00a0g\u2003h\u2028i\u3000j\u200bk\ufeffl', '\u0001\u0007x\u007fy\u008fz\u009f\u00ad\u200d\ufffd', '\u{1f600}\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u{1f1e9}\u{1f1ea} \u{1d518}\u{20000}\u{2b820}\u{2b920}',
  '12 345 6789 \u0661\u0662 \u2167 \u00b2 3.14 1,000', '...!?--__==+$^`~|<>', '\u2581a \u2581\u2581b\u2581', 'a\u2581b c', 'snake_case kebab-case x=y+z {a:[b]} \u00abq\u00bb \u201ct\u201d \u00bfque?', '\u24b6\u24d0 \u{1f130} \u00aa\u00ba \u02b0 \u16ee',
  'the quick brown fox jumps over the lazy dog', 'unaffable unwantedrunning', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'ab'.repeat(60), '<s>a</s> <unk><pad> [CLS]x[SEP] <mask>', 'x<s>  y', 'a|b||c', 'hello</w>',
  '\u064b\u0300 \u0e33\u0e01\u0e34 \u{1e944} \u1734 \u0941\u093f', '\u037e\u0387\u1fef \u2e3b\u2e52 \u166d \u{11660}', ' \u0301a \u0301', 'a\u0000b', 'ﬀ ﷺ ㎏',
];
const pools = [
  () => 'abcdefghij kl'[random(13)], () => ' \t\n\r\u00a0\u3000'[random(6)], () => ".,!?'-_<>|[]"[random(12)], () => String.fromCodePoint(0x20 + random(0x60)),
  () => String.fromCodePoint(0xa0 + random(0x560)), () => String.fromCodePoint(0x600 + random(0x1a00)), () => String.fromCodePoint(0x2000 + random(0x2e00)),
  () => String.fromCodePoint(0x4e00 + random(0x5200)), () => String.fromCodePoint(0xf900 + random(0x6fe)), () => String.fromCodePoint(0x10000 + random(0x20000)), () => ['<s>', 'ab', 'the', '\u2581', '</w>', '##', ' do not', " n't"][random(8)],
];
for (let i = 0; i < 60; i++) {
  let text = '';
  const few = [pools[random(pools.length)], pools[0], pools[random(pools.length)]];
  for (let n = 1 + random(24); n > 0; n--) text += (i % 3 ? few[random(3)] : pools[random(pools.length)])();
  texts.push(text);
}

// A charsmap: entries to a double-array trie, as SentencePiece's trainer writes it.
function charsMap(entries) {
  const encoder = new TextEncoder();
  const blob = [];
  const root = { children: new Map(), value: -1 };
  for (const [from, to] of entries) {
    let node = root;
    for (const b of encoder.encode(from)) {
      if (!node.children.has(b)) node.children.set(b, { children: new Map(), value: -1 });
      node = node.children.get(b);
    }
    node.value = blob.length;
    blob.push(...encoder.encode(to), 0);
  }
  const units = [0];
  const used = new Set([0]);
  const bases = new Set();
  const place = (node, at, label) => {
    const labels = [...node.children.keys()].sort((a, b) => a - b);
    if (node.value >= 0) labels.unshift(0);
    let base = 1;
    while (bases.has(base) || labels.some((l) => used.has(base ^ l))) base++;
    bases.add(base);
    labels.forEach((l) => used.add(base ^ l));
    units[at] = (label | (node.value >= 0 ? 0x100 : 0) | ((at ^ base) << 10)) >>> 0;
    if (node.value >= 0) units[base] = (0x80000000 | node.value) >>> 0;
    for (const [l, child] of node.children) place(child, base ^ l, l);
  };
  place(root, 0, 0);
  // Readers look at any of 256 places around a base without asking where the array ends.
  const size = (units.length | 255) + 1;
  const out = Buffer.alloc(4 + size * 4 + blob.length);
  out.writeUInt32LE(size * 4, 0);
  for (let i = 0; i < size; i++) out.writeUInt32LE(units[i] ?? 0, 4 + i * 4);
  Buffer.from(blob).copy(out, 4 + size * 4);
  return out;
}
const map = charsMap([
  ['\t', ' '], ['\n', ' '], ['\r', ' '], ['\u00a0', ' '], ['\u3000', ' '], ['\u2003', ' '], ['\u0007', ''], ['\u007f', ''], ['\u200b', ''], ['\ufeff', ''], ['\ufb01', 'fi'], ['\ufb00', 'ff'],
  ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((c) => [String.fromCodePoint(c.codePointAt(0) + 0xfee0), c]), ['\u2460', '1'], ['\u2461', '2'], ['\u00bd', '1\u20442'], ['\u33cf', 'kt'], ['\u338f', 'kg'], ['\u3314', '\u30ad\u30ed'],
  ['e\u0301', '\u00e9'], ['e\u0301\u0302', '\u1ebf?'], ['\u304b\u3099', '\u304c'], ['\uff8a', '\u30cf'], ['\uff8a\uff9f', '\u30d1'], ['\ufdfa', '\u0635\u0644\u0649 \u0627\u0644\u0644\u0647'], ['\u1112\u1161\u11ab', '\ud55c'], ['\u{1d518}', 'U'], ['\u00c5', 'A\u030a'],
]);
const charsmap = { type: 'Precompiled', precompiled_charsmap: map.toString('base64') };

const tokenizer = (parts) => ({ version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, ...parts });
const seq = (key, ...steps) => ({ type: 'Sequence', [key]: steps });
const added = (id, content, more = {}) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...more });

// 1. Words: a unigram model without pieces gives each word back as its (unknown) token.
const echo = { type: 'Unigram', unk_id: 0, vocab: [['\ue000unknown\ue000', 0.0]], byte_fallback: false };
const bert = (clean, chinese, accents, lower) => ({ type: 'BertNormalizer', clean_text: clean, handle_chinese_chars: chinese, strip_accents: accents, lowercase: lower });
const split = (pattern, behavior, invert = false) => ({ type: 'Split', pattern, behavior, invert });
const behaviors = ['Removed', 'Isolated', 'Contiguous', 'MergedWithPrevious', 'MergedWithNext'];
const normalizers = [
  bert(true, true, null, true), bert(true, false, false, false), bert(false, true, true, false), bert(false, false, null, false), bert(true, true, false, true), bert(false, false, false, true),
  { type: 'NFC' }, { type: 'NFD' }, { type: 'NFKC' }, { type: 'NFKD' }, { type: 'StripAccents' }, seq('normalizers', { type: 'NFD' }, { type: 'StripAccents' }), { type: 'Nmt' }, charsmap, { type: 'Lowercase' },
  { type: 'Strip', strip_left: true, strip_right: false }, { type: 'Strip', strip_left: false, strip_right: true }, { type: 'Prepend', prepend: '\u2581' }, { type: 'ByteLevel' },
  { type: 'Replace', pattern: { String: 'a' }, content: 'zz' }, { type: 'Replace', pattern: { Regex: ' {2,}|[0-9]' }, content: '_' }, { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' }, { type: 'Replace', pattern: { Regex: 'b*' }, content: '_' }, { type: 'Replace', pattern: { String: '' }, content: '_' },
];
const preTokenizers = [
  { type: 'BertPreTokenizer' }, { type: 'Whitespace' }, { type: 'WhitespaceSplit' }, { type: 'UnicodeScripts' }, { type: 'FixedLength', length: 3 }, { type: 'FixedLength' }, { type: 'CharDelimiterSplit', delimiter: '|' }, { type: 'CharDelimiterSplit', delimiter: '\u2581' },
  { type: 'Digits', individual_digits: true }, { type: 'Digits', individual_digits: false }, ...behaviors.map((behavior) => ({ type: 'Punctuation', behavior })),
  ...behaviors.map((b) => split({ String: 'a' }, b)), ...behaviors.map((b) => split({ Regex: '[a-e]+' }, b)), ...behaviors.map((b) => split({ Regex: '\\w+|[^\\w\\s]' }, b, true)),
  ...['^\\w|c$', '(?=[A-Z0-9])', 'a*', '(?i:AB|S)', '.', '\\b', '\\d{2}(?!\\d)', '\\W+'].flatMap((p) => [split({ Regex: p }, 'Isolated'), split({ Regex: p }, 'MergedWithPrevious')]), split({ String: '' }, 'Isolated'), split({ String: '' }, 'MergedWithNext'),
  ...['always', 'first', 'never'].flatMap((prepend_scheme) => [true, false].map((s) => ({ type: 'Metaspace', replacement: '\u2581', prepend_scheme, split: s }))), { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  seq('pretokenizers', { type: 'WhitespaceSplit' }, { type: 'Metaspace', replacement: '_', prepend_scheme: 'first', split: true }, { type: 'Digits', individual_digits: true }),
];
const words = [];
for (const parts of [...normalizers.map((normalizer) => ({ normalizer })), ...preTokenizers.map((pre_tokenizer) => ({ pre_tokenizer }))]) {
  const t = Tokenizer.fromString(JSON.stringify(tokenizer({ ...parts, model: echo })));
  const cut = [];
  for (const text of texts) cut.push((await t.encode(text, null, { addSpecialTokens: false })).getTokens());
  words.push({ ...parts, words: cut });
}

// 2. Whole tokenizers with vocabularies out of the texts.
const characters = [...new Set(texts.flatMap((t) => [...t.normalize('NFC')]))].filter((c) => c.codePointAt(0) > 32 && random(4));
const pieces = (n, length) => {
  const found = new Set();
  while (found.size < n) {
    const text = [...texts[random(texts.length)].replace(/\s/g, '\u2581')];
    const at = random(text.length || 1);
    const piece = text.slice(at, at + 2 + random(length)).join('');
    if ([...piece].length > 1 && !piece.includes('\0')) found.add(piece);
  }
  return [...found];
};
const number = (list) => Object.fromEntries(list.map((t, i) => [t, i]));
const bytes = [...Array(256).keys()].map((b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`);
const scored = (list) => list.map((t) => [t, -random(100000) / 9973]);
const bertVocabulary = number(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...new Set([...characters.map((c) => c.toLowerCase()).filter((c) => [...c].length === 1), ...['the', 'un', 'quick', 'br', 'do', 'not', 'it', 'ab']]),
  ...new Set([...characters.slice(0, 90).map((c) => '##' + c.toLowerCase()), ...['##aff', '##able', '##want', '##ed', '##runn', '##ing', '##own', '##ello', '##b', '##ba', '##bab']])]);
const bertTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map((t, i) => added(i, t));
const unigram = scored(['<s>', '</s>', '<unk>', '\u2581', ...characters, ...pieces(300, 5)].filter((t, i, all) => all.indexOf(t) === i));
const unigramTokens = [added(0, '<s>'), added(1, '</s>'), added(2, '<unk>')];
const ties = [...new Set(['<unk>', '\u2581', ...characters, 'aa', 'aaa', 'ab', 'ba', 'aba', 'bab', 'the', 'th', 'he', '\u2581t'])].map((t) => [t, -1]);
const frame = { type: 'TemplateProcessing', single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }], pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }], special_tokens: { '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] }, '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } } };
const metaspace = { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always', split: true };
const affixed = number(['<unk>', ...[...'abcdehlortuw'].flatMap((c) => [c, c + '</w>', '@' + c, '@' + c + '</w>']), 'th', 't@h', 'th@e</w>', 'the</w>', 'ab', 'a@b', 'ab</w>', 'wor', 'wo', 'lo</w>', 'he', 'hel', '@lo</w>', 'hello</w>', 'w@o']);
const models = {
  bert: tokenizer({ added_tokens: bertTokens, normalizer: bert(true, true, null, true), pre_tokenizer: { type: 'BertPreTokenizer' }, post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] }, decoder: { type: 'WordPiece', prefix: '##', cleanup: true }, model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab: bertVocabulary } }),
  bertShort: tokenizer({ added_tokens: bertTokens, normalizer: bert(true, false, false, true), pre_tokenizer: { type: 'Whitespace' }, post_processor: { type: 'RobertaProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2], trim_offsets: true, add_prefix_space: false }, decoder: { type: 'WordPiece', prefix: '##', cleanup: false }, model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 6, vocab: bertVocabulary } }),
  unigram: tokenizer({ added_tokens: unigramTokens, normalizer: charsmap, pre_tokenizer: metaspace, post_processor: frame, decoder: metaspace, model: { type: 'Unigram', unk_id: 2, vocab: unigram, byte_fallback: false } }),
  unigramWhole: tokenizer({ added_tokens: unigramTokens.map((t) => ({ ...t, normalized: true, special: false })), normalizer: seq('normalizers', { type: 'Nmt' }, { type: 'NFKC' }, { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' }), post_processor: seq('processors', { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }, frame), decoder: seq('decoders', { type: 'Replace', pattern: { String: '\u2581' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }), model: { type: 'Unigram', unk_id: 2, vocab: [...unigram, ...bytes.map((b) => [b, 0])], byte_fallback: true } }),
  unigramTies: tokenizer({ decoder: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'never', split: false }, pre_tokenizer: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'first', split: false }, model: { type: 'Unigram', unk_id: 0, vocab: ties, byte_fallback: false } }),
  wordLevel: tokenizer({ added_tokens: [added(0, '<unk>'), added(1, '<s>', { lstrip: true }), added(2, 'ab', { single_word: true, special: false })], normalizer: { type: 'Lowercase' }, pre_tokenizer: { type: 'Whitespace' }, model: { type: 'WordLevel', unk_token: '<unk>', vocab: number(['<unk>', '<s>', 'ab', 'a', 'b', 'the', 'quick', ',', 'hello', 'c', 'x', 'world', '!', "'", '...', 'caf\u00e9']) } }),
  ctc: tokenizer({ pre_tokenizer: split({ String: '' }, 'Isolated'), normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '|' }, decoder: { type: 'CTC', pad_token: '<pad>', word_delimiter_token: '|', cleanup: true }, model: { type: 'WordLevel', unk_token: '<unk>', vocab: number(['<pad>', '<unk>', '|', 'a', 'b', 'c', 'h', 'e', 'l', 'o', '.', " n't", ' .', '<pad>x', '||']) } }),
  suffixed: tokenizer({ pre_tokenizer: { type: 'WhitespaceSplit' }, decoder: { type: 'BPEDecoder', suffix: '</w>' }, model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: '</w>', fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab: affixed, merges: [['t', 'h'], ['a', 'b'], ['th', 'e</w>'], ['a', 'b</w>'], ['h', 'e'], ['l', 'o</w>'], ['he', 'l'], ['hel', 'lo</w>'], ['w', 'o'], ['wo', 'r']].filter(([a, b]) => a + b in affixed) } }),
  prefixed: tokenizer({ pre_tokenizer: { type: 'BertPreTokenizer' }, decoder: { type: 'WordPiece', prefix: '@', cleanup: true }, model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: '@', end_of_word_suffix: '</w>', fuse_unk: true, byte_fallback: false, ignore_merges: false, vocab: affixed, merges: [['a', '@b'], ['t', '@h'], ['th', '@e</w>'], ['w', '@o'], ['h', '@e'], ['he', '@l']].filter(([a, b]) => a + b.slice(1) in affixed) } }),
};
const tokenizers = [];
for (const [name, json] of Object.entries(models)) {
  const t = Tokenizer.fromString(JSON.stringify(json));
  const size = t.getVocabSize(true);
  const cases = [];
  for (const text of texts) {
    const ids = (await t.encode(text)).getIds();
    const plain = (await t.encode(text, null, { addSpecialTokens: false })).getIds();
    cases.push({ ids, plain, decoded: await t.decode(ids, false), skipped: await t.decode(ids, true) });
  }
  const decodes = [];
  for (let i = 0; i < 20; i++) {
    const ids = Array.from({ length: 1 + random(9) }, () => random(size)).flatMap((id) => (random(3) ? [id] : [id, id]));
    decodes.push({ ids, decoded: await t.decode(ids, false) });
  }
  tokenizers.push({ name, json, cases, decodes });
}

// 3. SentencePiece's own files and its own library.
const varint = (n) => { const out = []; for (n = BigInt.asUintN(64, BigInt(n)); n > 127n; n >>= 7n) out.push(Number(n & 127n) | 128); return [...out, Number(n)]; };
const field = (id, value) => (typeof value === 'number' || typeof value === 'boolean' ? [...varint(id << 3), ...varint(Number(value))] : [...varint((id << 3) | 2), ...varint(value.length), ...value]);
const utf8 = (text) => [...Buffer.from(text)];
const single = (id, value) => { const b = Buffer.alloc(4); b.writeFloatLE(value); return [...varint((id << 3) | 5), ...b]; };
const model = (list, type, normalizer, fallback) => Buffer.from([
  ...list.flatMap(([text, score, kind]) => field(1, [...field(1, utf8(text)), ...single(2, score), ...(kind === 1 ? [] : field(3, kind))])),
  ...field(2, [...field(3, type), ...field(35, fallback), ...field(40, 0), ...field(41, 1), ...field(42, 2), ...field(43, -1)]),
  ...field(3, normalizer),
]);
const identity = (dummy, remove, escape = true) => [...field(1, utf8('identity')), ...field(3, dummy), ...field(4, remove), ...field(5, escape)];
const mapped = (dummy, remove) => [...field(1, utf8('small')), ...field(2, [...map]), ...field(3, dummy), ...field(4, remove)];
const start = [['<unk>', 0, 2], ['<s>', 0, 3], ['</s>', 0, 3]];
const byteList = bytes.map((b) => [b, 0, 6]);
const unique = (list) => { const seen = new Set(); return list.filter(([t]) => !seen.has(t) && seen.add(t)); };
const normal = (list) => list.map(([t, s]) => [t, s, 1]);
const normalPieces = normal(unigram.filter(([t]) => !['<s>', '</s>', '<unk>'].includes(t)));
const own = [['ab', 0, 4], ['\u2581\u2581', 0, 4], ['he quick', 0, 4], ['<mask>', 0, 4], ['bab', 0, 4]];
// Ranks instead of random scores: byte-pair models have each score once.
// Each character of a piece is one, as trained models have it.
const joined = pieces(400, 4).sort((a, b) => [...a].length - [...b].length || (a < b ? -1 : 1));
const ranked = unique([...own, ...[...joined, ...characters, ...new Set(joined.join('')), '\u2581'].map((t) => [t, 0, 1])]).map(([t, s, k], i) => [t, k === 1 ? -i : s, k]);
const spm = {
  unigram: model(unique([...start, ...normalPieces]), 1, mapped(true, true), false),
  unigramBytes: model(unique([...start, ...byteList, ...own, ...normalPieces]), 1, identity(true, false), true),
  unigramTies: model(unique([...start, ...normal(ties.slice(1))]), 1, identity(false, true), false),
  bpe: model([...start, ...byteList, ...ranked], 2, identity(true, false), true),
  bpeUnknown: model([...start, ...ranked.filter(([, , k]) => k === 1)], 2, mapped(false, true), false),
  bpeSpaces: model([...start, ...byteList, ...ranked], 2, identity(true, true, false), true),
};
const folder = mkdtempSync(join(tmpdir(), 'spm'));
const log = console.log;
console.log = () => {};
const sentencePieces = [];
for (const [name, bytesOf] of Object.entries(spm)) {
  const file = join(folder, name + '.model');
  writeFileSync(file, bytesOf);
  const processor = new SentencePieceProcessor();
  await processor.load(file);
  // The binding ends a text at NUL.
  const cases = texts.map((text) => (text.includes('\0') ? null : { ids: processor.encodeIds(text), decoded: text && processor.decodeIds(processor.encodeIds(text)) }));
  sentencePieces.push({ name, model: bytesOf.toString('base64'), cases });
}
console.log = log;

console.log('{"source":"tokenizers 0.23.2 (Rust, npm) and SentencePiece in @agnai/sentencepiece-js 1.1.1; made by make_tokenizer_components.mjs",');
console.log(`"texts":${JSON.stringify(texts)},`);
console.log(`"words":[\n${words.map((w) => JSON.stringify(w)).join(',\n')}],`);
console.log(`"tokenizers":[\n${tokenizers.map((w) => JSON.stringify(w)).join(',\n')}],`);
console.log(`"sentence_pieces":[\n${sentencePieces.map((w) => JSON.stringify(w)).join(',\n')}]}`);
