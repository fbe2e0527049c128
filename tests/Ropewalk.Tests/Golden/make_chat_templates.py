#!/usr/bin/env python3
"""Writes chat_templates.json: what Jinja itself makes of templates and expressions. Made once with Jinja2 3.1.6 (its immutable sandbox,
with the settings and functions that Hugging Face's apply_chat_template uses) on Python 3.11; python's standard library beside.

    python3 make_chat_templates.py ../../../shared > chat_templates.json

renders: each template of chat/*.jinja and of the shared folder's tokenizers with each conversation of chat/conversations.json.
expressions: template, variables, and the output or the name of the error.
An "error" is the exception's class; messages are not compared. "mutable": run in the sandbox that lets lists be appended to.
"""
import datetime, json, os, pathlib, struct, sys

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

HERE = pathlib.Path(__file__).parent
NOW = datetime.datetime(2026, 7, 4, 9, 5, 3)
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}


class Generation(Extension):
    """The statement "generation": its body is rendered like a call's."""
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("run"), [], [], body).set_lineno(line)

    def run(self, caller):
        return caller()


def environment(kind=ImmutableSandboxedEnvironment):
    env = kind(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])

    def refuse(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = refuse
    env.globals["strftime_now"] = NOW.strftime
    return env


def outcome(template, variables, kind=ImmutableSandboxedEnvironment):
    try:
        return {"output": environment(kind).from_string(template).render(**variables)}
    except Exception as e:
        return {"error": type(e).__name__}


def gguf_template(path):
    """The value of tokenizer.chat_template, found without reading the rest."""
    data = path.read_bytes()
    key = b"tokenizer.chat_template" + struct.pack("<I", 8)
    at = data.find(key)
    if at < 0:
        return None
    at += len(key)
    length, = struct.unpack_from("<Q", data, at)
    return data[at + 8:at + 8 + length].decode()


def templates(shared):
    for path in sorted((HERE / "chat").glob("*.jinja")):
        yield path.name, path.read_bytes().decode(), TOKENS
    for config in sorted((shared / "data/tokenizers/huggingface").glob("*/tokenizer_config.json")):
        fields = json.loads(config.read_text())
        if isinstance(fields.get("chat_template"), str):
            tokens = {k: v["content"] if isinstance(v, dict) else v for k, v in fields.items() if k.endswith("_token") and isinstance(v, (dict, str))}
            yield "shared:" + config.parent.name, fields["chat_template"], tokens
    for file in sorted((shared / "data/tokenizers/gguf-vocab").glob("*.gguf")):
        template = gguf_template(file)
        if template:
            yield "gguf:" + file.name, template, TOKENS


PEOPLE = {"people": [{"name": "Bo", "age": 3, "tags": ["x"]}, {"name": "al", "age": 30, "tags": []}, {"name": "Cy", "age": 3}]}
TEXT = {"s": "Hello, World", "e": "a😀é日b", "w": "  \t a  b\n c \x1c ", "n": None, "u": "straße ŉ ﬁ ΑΣ Σ İ it's they're", "l": [1, 2, 3, 4, 5], "d": {"a": 1, "b": [1, {"c": "x"}]},
        "f": 1.5, "q": "it's", "qq": "both ' and \"", "html": "<a href='x'>&"}
CASES = [
    # Values and how they print.
    "{{ 1 }}|{{ 1.0 }}|{{ true }}|{{ True }}|{{ none }}|{{ None }}|{{ 'x' }}|{{ missing }}|", "{{ [1, 'a', none, true, 1.5, missing] }}", "{{ (1,) }}{{ () }}{{ (1, 'b') }}{{ 1, 2 }}",
    "{{ {'a': 1, 'b': [true, none], 1: 'x', none: 2.5} }}", "{{ [q, qq, html, e, '\\n\\t\\\\', '\\x01\\x7f\\xa0\\u200b', '\\ud800'] }}", "{{ 1_000 + 0x1F + 0o17 + 0b101 + 00 }}", "{{ 012 }}",
    "{{ 1e3 }}|{{ 1.5e-7 }}|{{ 1e16 }}|{{ 123456789012345680.0 }}|{{ 1e15 }}|{{ 0.1 + 0.2 }}|{{ 1e-4 }}|{{ 1e-5 }}|{{ 5e-324 }}|{{ 1e22 }}|{{ 1e400 }}|{{ -1e400 }}|{{ 1.0e100 }}|{{ -0.0 }}|{{ 100.0 }}|{{ 2.50 }}",
    "{{ 'a' 'b' \"c\" }}", "{{ 'a\\'b' }}{{ \"a\\\"b\" }}{{ '\\n' }}{{ '\\q' }}{{ '\\x41\\u00e9\\101\\U0001F600' }}", "{{ '\\x4' }}", "{{ d.items() }}{{ d.keys() }}{{ d.values() }}", "{{ d }}", "{{ 9223372036854775807 }}",
    "{{ -9223372036854775807 - 1 }}", "{{ {'a': {'b': {'c': ()}}} }}", "{{ [1.0, 10.0, 1e100] }}", "{{ [[], {}, ''] }}", "{{ 'é' }}{{ ['é', '日本', '😀', '\\u2028'] }}", "{{ [1, 2,] }}{{ {'a': 1,} }}",
    # Arithmetic.
    "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 // -2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7.5 % 2 }} {{ -7.5 % 2 }} {{ 7 / 2 }} {{ 4 / 2 }} {{ 7.5 // 2 }} {{ -7.5 // 2 }}", "{{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2 ** 3 ** 2 }} {{ 2.0 ** 3 }} {{ -2 ** 2 }}",
    "{{ 1 + 2 * 3 - 4 }} {{ (1 + 2) * 3 }} {{ -3 + 5 }} {{ +3 }} {{ - -3 }} {{ 1 - -1 }}", "{{ 'a' + 'b' * 3 }} {{ 3 * 'ab' }} {{ [1] * 2 + [3] }} {{ 'a' * -1 }} {{ (1,) + (2,) }}", "{{ 'a' + 1 }}", "{{ 1 + 'a' }}", "{{ 'a' ~ 1 ~ none ~ true ~ 1.0 ~ missing ~ [1] }}",
    "{{ 1 + missing }}", "{{ missing + 'a' }}", "{{ 1 / 0 }}", "{{ 1 % 0 }}", "{{ 1.0 // 0 }}", "{{ true + true }} {{ true * 3 }} {{ -true }} {{ true / 2 }}", "{{ [1] + (2,) }}", "{{ none + 1 }}", "{{ {} + {} }}", "{{ 1 + 2 ~ 3 + 4 }}", "{{ 1 ~ 2 * 3 }}", "{{ 'a' - 'b' }}", "{{ 1.5 + 1 }} {{ 3 * 0.1 }} {{ 1e308 * 10 }}",
    "{{ -'a' }}", "{{ -missing }}", "{{ 5 - 3 - 1 }} {{ 100 / 10 / 2 }} {{ 2 * 3 % 4 }}", "{{ 1 if 1 }}|{{ 1 if 0 }}|{{ 1 if 0 else 2 if 0 else 3 }}", "{{ (1 if 0).x }}", "{{ 10 ** 18 }}", "{{ (-8) ** 0.5 }}", "{{ 0 ** -1 }}",
    # Comparison and logic.
    "{{ 1 < 2 < 3 }} {{ 3 > 2 > 2 }} {{ 1 < 3 > 2 }} {{ 1 == 1.0 }} {{ 1 == true }} {{ '1' == 1 }} {{ none == none }} {{ missing == missing2 }} {{ missing == none }} {{ missing != 1 }}", "{{ 'a' < 'b' }} {{ 'Z' < 'a' }} {{ 'a' < 'ab' }} {{ '\\uffff' < '😀' }}",
    "{{ [1, 2] < [1, 3] }} {{ [1, 2] == [1, 2.0] }} {{ {'a': 1, 'b': 2} == {'b': 2, 'a': 1} }} {{ [1] == (1,) }} {{ [1, 2] < [1] }}", "{{ 1 < 'a' }}", "{{ none < 1 }}", "{{ missing < 1 }}", "{{ {} < {} }}", "{{ true < 2 }} {{ 1.5 >= 1 }} {{ 9007199254740993 == 9007199254740992.0 }} {{ 9007199254740993 > 9007199254740992.0 }}",
    "{{ 'b' in 'abc' }} {{ '' in '' }} {{ 'x' not in 'abc' }} {{ 1 in [1.0] }} {{ 'a' in d }} {{ 'z' in d }} {{ 1 in (1, 2) }} {{ missing in [] }} {{ 'a' in missing }} {{ [1] in [[1]] }}", "{{ 1 in 'abc' }}", "{{ missing in 'abc' }}", "{{ 'a' in none }}", "{{ 1 in 5 }}", "{{ [] in d }}", "{{ missing in d }}", "{{ 'b' in d.keys() }} {{ 1 in d.values() }}",
    "{{ not 1 }} {{ not not '' }} {{ not 1 == 2 }} {{ not 'a' in 'b' }}", "{{ 1 and 2 }} {{ 0 and 2 }} {{ '' or 'x' }} {{ none or false }} {{ missing or 'dflt' }} {{ [] or {} or 0 or 'end' }} {{ 1 or missing.x }} {{ 0 and missing.x }}", "{{ true and false or true }} {{ not true or true }} {{ 1 or 0 and 0 }}",
    "{% for v in [0, 0.0, '', ' ', '0', [], [0], {}, {'a': 1}, none, true, false, missing, (), (0,)] %}{{ 1 if v else 0 }}{% endfor %}", "{{ 1 is odd and 2 is even }} {{ not 1 is odd }} {{ 1 + 1 is even }}", "{{ 'a' == 'a' == 'a' }} {{ 1 != 2 != 1 }} {{ 1 in [1] == true }}",
    # Slices and items.
    "{{ l[1:] }} {{ l[:2] }} {{ l[-2:] }} {{ l[:-1] }} {{ l[::2] }} {{ l[::-1] }} {{ l[3:0:-1] }} {{ l[10:] }} {{ l[-10:2] }} {{ l[2:1] }} {{ l[:] }} {{ l[1:4:2] }} {{ l[-1:-4:-2] }} {{ l[none:2] }} {{ l[:100:3] }}", "{{ s[0] }}{{ s[-1] }} {{ s[:5] }} {{ s[7:] }} {{ s[::-1] }} {{ s[1:8:3] }} {{ s[99] }}|{{ s[5:2] }}|",
    "{{ e[1] }} {{ e[1:3] }} {{ e[::-1] }} {{ e | length }} {{ e[-2] }} {{ e[::2] }} {{ e[3:0:-1] }}", "{{ l[::0] }}", "{{ l['a'] }}|{{ l[1.0] }}|{{ l[none] }}|{{ l[true] }}|{{ l[99] }}|{{ l[-5] }}|{{ l[-6] }}|", "{{ d['a'] }} {{ d.b[1].c }} {{ d['b'][1]['c'] }} {{ d.zz }}|{{ d['zz'] }}|{{ d[0] }}|", "{{ d.zz.y }}", "{{ missing.x }}", "{{ missing['x'] }}", "{{ missing[0:1] }}", "{{ n.x }}|{{ n['x'] }}|{{ n[0] }}|", "{{ n.x.y }}",
    "{{ n[1:] }}", "{{ d[1:] }}", "{{ 5[1:] }}", "{{ l['a':] }}", "{{ (1, 2, 3)[1:] }} {{ range(5)[1:3] | list }}", "{{ l.0 }}{{ l.1 }} {{ d.b.1.c }}", "{{ s.foo }}|{{ 5 .real2 }}|{{ f.foo }}|", "{{ d.items() | list }} {{ d['items']() | list }}", "{{ {'items': 5}.items }}", "{{ {'items': 5}['items'] }} {{ {'x': 5}.x }}", "{{ s.foo.bar }}", "{{ s.foo() }}", "{{ missing() }}", "{{ n() }}", "{{ 'abc'[1] ~ 'abc'[-1] }}", "{{ d.items()[0] }}|{{ d.keys()[0] }}|", "{{ l[1:][0] }} {{ l[1:3][::-1][0] }}", "{{ {1: 'int', 'k': 'str'}[1] }} {{ {1: 'x'}[true] }} {{ {1: 'x'}[1.0] }}|{{ {1: 'x'}['1'] }}|",
    "{{ {[1]: 2} }}", "{{ d[[1]] }}|", "{{ 'x'[0][0][0] }}", "{{ messages[0].role }}", "{{ l[1,2] }}|",
    # Methods of texts.
    "[{{ w.strip() }}][{{ w.lstrip() }}][{{ w.rstrip() }}][{{ 'xxaxbxx'.strip('x') }}][{{ 'abcab'.lstrip('ba') }}][{{ 'abcab'.rstrip('ba') }}][{{ '\\n a'.lstrip('\\n') }}][{{ e.strip('a😀b') }}][{{ 'a'.strip(none) }}]", "{{ w.split() }} {{ 'a,b,,c'.split(',') }} {{ 'a,b,c'.split(',', 1) }} {{ 'a b c d'.split(none, 2) }} {{ 'a b c '.split(maxsplit=1) }} {{ ''.split() }} {{ ''.split(',') }} {{ ' x '.split(' ') }} {{ 'aaa'.split('aa') }}",
    "{{ 'a,b,c'.rsplit(',', 1) }} {{ 'aaa'.rsplit('aa') }} {{ ' a b  c '.rsplit(none, 1) }} {{ 'a b'.rsplit() }}", "{{ 'a'.split('') }}", "{{ s.startswith('Hell') }} {{ s.endswith('World') }} {{ s.startswith(('x', 'H')) }} {{ s.endswith('') }} {{ s.startswith('hello') }}", "{{ s.startswith(1) }}", "{{ s.startswith(['H']) }}", "{{ s.replace('l', 'L') }} {{ s.replace('l', 'L', 2) }} {{ 'abc'.replace('', '-') }} {{ 'aaa'.replace('aa', 'b') }} {{ 'abc'.replace('', '-', 2) }} {{ 'x'.replace('y', '') }}", "{{ s.replace('l') }}", "{{ s.replace(1, 2) }}",
    "{{ u.upper() }} {{ u.lower() }} {{ u.title() }} {{ u.capitalize() }}", "{{ s.upper() }} {{ s.lower() }} {{ s.title() }} {{ 'hELLO wORLD'.capitalize() }} {{ \"they're bill's 2nd x1y\".title() }} {{ 'ǆ ა'.title() }}", "{{ s.find('o') }} {{ s.find('o', 5) }} {{ s.find('zz') }} {{ s.rfind('o') }} {{ s.find('') }} {{ s.rfind('') }} {{ e.find('b') }} {{ e.find('é', 1) }} {{ s.find('o', 5, 8) }} {{ s.find('', 99) }} {{ s.find('o', -4) }} {{ s.index('W') }}", "{{ s.index('zz') }}",
    "{{ ', '.join(['a', 'b']) }} {{ ''.join(d) }} {{ '-'.join('abc') }} {{ '-'.join([]) }}", "{{ ','.join([1, 2]) }}", "{{ 'a\\nb\\r\\nc\\rd\\x0be\\u2028f\\n'.splitlines() }} {{ 'a\\nb'.splitlines(true) }} {{ ''.splitlines() }} {{ '\\n'.splitlines() }}", "{{ s.count('l') }} {{ 'aaa'.count('aa') }} {{ 'abc'.count('') }}", "{{ '12'.isdigit() }} {{ '1a'.isdigit() }} {{ ''.isdigit() }} {{ 'ab'.isalpha() }} {{ 'a1'.isalpha() }} {{ ' \\t'.isspace() }} {{ 'AB'.isupper() }} {{ 'aB'.islower() }} {{ 'a1'.islower() }}", "{{ s.removeprefix('Hello') }} {{ s.removesuffix('World') }} {{ s.removesuffix('') }} {{ s.removeprefix('x') }}", "{{ s.split(', ')[-1].strip('d')[::-1] }}",
    "{{ s.strip(1) }}", "{{ s.upper(1) }}", "{{ 'a' * 3 ~ 'b'.upper() }}", "{{ '  x'.lstrip()[0:1].upper() + 'y' }}",
    # Maps and lists.
    "{{ d.get('a') }} {{ d.get('z') }} {{ d.get('z', 5) }} {{ d.get('b', 1)[0] }}", "{{ d.get() }}", "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k in d %}{{ k }}{% endfor %}{% for v in d.values() %}{{ v }}{% endfor %}{% for k in d.keys() %}{{ k }}{% endfor %}", "{{ l.index(3) }} {{ l.count(1) }} {{ (1, 1).count(1) }}", "{{ l.index(9) }}", "{{ l.append(1) }}", "{{ dict(a=1, b=2) }} {{ dict({'x': 1}, y=2) }} {{ dict([('a', 1), ['b', 2]]) }} {{ dict() }}", "{{ dict([1]) }}", "{{ d.update({'z': 1}) }}",
    # Filters.
    "{{ '  a ' | trim }}|{{ 'xax' | trim('x') }}|{{ 5 | trim }}|{{ missing | trim }}|{{ none | trim }}|", "{{ s | length }} {{ l | count }} {{ d | length }} {{ missing | length }} {{ (1, 2) | length }} {{ range(4) | length }} {{ d.items() | length }}", "{{ 5 | length }}", "{{ none | length }}", "{{ l | join }} {{ l | join(', ') }} {{ [1, none, true, 'x', 1.5, missing] | join('-') }} {{ 'abc' | join('.') }} {{ missing | join(',') }} {{ d | join(',') }} {{ people | join(',', attribute='name') }} {{ l | join(0) }}", "{{ 5 | join(',') }}", "{{ none | join }}",
    "{{ l | first }} {{ l | last }} {{ 'abc' | first }} {{ 'abc' | last }} {{ [] | first }}|{{ [] | last }}|{{ d | first }} {{ missing | first }}|{{ e | last }} {{ d.items() | first }} {{ d | last }}", "{{ 5 | first }}", "{{ none | last }}", "{{ 'aB c' | upper }} {{ 'aB C' | lower }} {{ 'hello wORLD foo-bar it\\'s (x) [y a1b' | title }} {{ 'hELLO World' | capitalize }} {{ 5 | upper }} {{ missing | upper }}| {{ none | lower }} {{ u | upper }}",
    "{{ missing | default('x') }} {{ missing | d }}| {{ '' | default('x') }}| {{ '' | default('x', true) }} {{ none | default('x') }} {{ none | d('x', boolean=true) }} {{ 0 | default(5, true) }}", "{{ missing.y | default('z') }}", "{{ d.zz | default('z') }} {{ missing | default(default_value=3) }}", "{{ d | tojson }} {{ [1.0, none, true, 'é\"\\\\\\n\\x01\\x7f/<>&\\u2028😀', 1e100, 1e-7] | tojson }} {{ 'x' | tojson }} {{ none | tojson }} {{ (1, 2) | tojson }} {{ {1: 2, none: 3, true: 4, 1.5: 5} | tojson }} {{ {} | tojson }} {{ [] | tojson }}",
    "{{ d | tojson(indent=2) }} {{ [] | tojson(indent=2) }} {{ {'a': {}, 'b': []} | tojson(indent=1) }} {{ [1, [2]] | tojson(indent='\\t') }} {{ [1] | tojson(indent=0) }}", "{{ {'b': 1, 'a': [1, 2]} | tojson(separators=(',', ':')) }} {{ {'b': 1, 'a': 2} | tojson(sort_keys=true) }} {{ 'é😀' | tojson(ensure_ascii=true) }} {{ {'b': [1]} | tojson(indent=2, separators=(', ', ' : ')) }}", "{{ missing | tojson }}", "{{ [missing] | tojson }}", "{{ range(3) | tojson }}", "{{ d.items() | tojson }}", "{{ namespace() | tojson }}", "{{ [1e400, -1e400] | tojson }}", "{{ {'b': 1, 2: 1} | tojson(sort_keys=true) }}", "{{ l | tojson(foo=1) }}",
    "{{ 5 | string + 'x' }} {{ none | string }} {{ [1] | string }} {{ missing | string }}| {{ 1.0 | string }}", "{{ '12' | int }} {{ '12.7' | int }} {{ 'x' | int }} {{ 'x' | int(5) }} {{ 3.9 | int }} {{ -3.9 | int }} {{ true | int }} {{ ' 7 ' | int }} {{ '1_0' | int }} {{ none | int }} {{ [] | int }} {{ 'ff' | int(base=16) }} {{ '0x1f' | int(0, 16) }} {{ '1e3' | int }} {{ 'inf' | int(9) }} {{ '-5' | int }} {{ '' | int }} {{ '_1' | int }}", "{{ missing | int }}", "{{ '1.5' | float }} {{ 'x' | float }} {{ 'x' | float(2.5) }} {{ 3 | float }} {{ 'nan' | float }} {{ '-inf' | float }} {{ '.5' | float }} {{ '5.' | float }} {{ '1e3' | float }} {{ none | float }} {{ ' 2 ' | float }} {{ 'infinity' | float }} {{ '1_0.5' | float }} {{ '1,5' | float }}",
    "{{ 'abc' | list }} {{ d | list }} {{ (1, 2) | list }} {{ range(3) | list }} {{ missing | list }} {{ e | list }}", "{{ 5 | list }}", "{{ people | map(attribute='name') | list }} {{ people | map(attribute='tags', default='no') | list }} {{ [{'t': [7]}, {'t': []}] | map(attribute='t.0') | list }} {{ ['a', 'b'] | map('upper') | join }} {{ [1, 2] | map('string') | list }} {{ ['a,b'] | map('replace', ',', ';') | first }} {{ [[1, 2], [3]] | map(attribute=0) | list }} {{ [[1, 2], [3]] | map('length') | list }} {{ missing | map('upper') | list }}", "{{ [1] | map | list }}", "{{ [1] | map('nofilter') | list }}", "{{ [1] | map(foo=1) | list }}",
    "{{ people | selectattr('age', 'equalto', 3) | map(attribute='name') | list }} {{ people | rejectattr('tags') | map(attribute='name') | list }} {{ people | selectattr('tags', 'defined') | list | length }} {{ people | selectattr('age', '>', 3) | list | length }} {{ people | selectattr('name', 'in', ['al', 'Cy']) | map(attribute='age') | list }} {{ people | rejectattr('age', 'odd') | list | length }}", "{{ l | select('odd') | list }} {{ l | reject('odd') | list }} {{ [0, 1, '', 'a'] | select | list }} {{ [0, 1] | reject | list }} {{ l | select('>', 3) | list }} {{ ['a', none] | reject('none') | list }} {{ l | select('divisibleby', 2) | list }} {{ ['a', 1] | select('string') | list }}", "{{ people | selectattr | list }}", "{{ l | select('notest') | list }}",
    "{{ 'yes' if [] | select else 'no' }} {{ 'yes' if [1] | reject('odd') else 'no' }} {{ 'yes' if [] | map('upper') else 'no' }} {{ 'yes' if [] | reverse else 'no' }} {{ 'yes' if [] | unique else 'no' }}", "{{ l | select('odd') | length }}", "{{ (l | select('odd'))[0] }}|", "{% set g = l | select('odd') %}{{ g | list }}{{ g | list }}", "{% set g = l | select('odd') %}{{ g | first }}{{ g | list }}", "{{ l | select('odd') | last }}", "{% set g = l | select('odd') %}{% for x in g %}{{ x }}/{{ loop.length }} {% endfor %}{% for x in g %}again{% endfor %}", "{{ 3 in (l | select('odd')) }}",
    "{{ 'a.b.c' | replace('.', '-') }} {{ 'aaa' | replace('a', 'b', 2) }} {{ 123 | replace(2, 'x') }} {{ 'a' | replace('a', 5) }} {{ 'ab' | replace('', '.') }}", "{{ d | items | list }} {{ missing | items | list }}", "{{ [1] | items | list }}", "{{ {'b': 1, 'A': 3, 'c': 2} | dictsort }} {{ {'b': 1, 'A': 3} | dictsort(true) }} {{ {'b': 1, 'A': 3, 'c': 2} | dictsort(false, 'value') }} {{ {'b': 1, 'A': 3} | dictsort(reverse=true) }}", "{{ {'b': 1, 2: 3} | dictsort }}", "{{ [] | dictsort }}", "{{ {'a': 1} | dictsort(by='x') }}",
    "{{ ['b', 'A', 'a', 'B', 1, 1.0, true] | unique | list }} {{ ['b', 'A', 'a'] | unique(true) | list }} {{ people | unique(attribute='age') | map(attribute='name') | list }}", "{{ [[1], [1]] | unique | list }}", "{{ l | reverse | list }} {{ 'abc' | reverse }} {{ e | reverse }} {{ d | reverse | list }} {{ (1, 2) | reverse | list }} {{ d.items() | reverse | list }}", "{{ 5 | reverse }}", "{{ [3, 1, 2] | sort }} {{ ['b', 'A', 'c'] | sort }} {{ ['b', 'A', 'c'] | sort(case_sensitive=true) }} {{ [3, 1, 2] | sort(reverse=true) }} {{ people | sort(attribute='age') | map(attribute='name') | list }} {{ people | sort(attribute='age,name') | map(attribute='name') | list }} {{ people | sort(true, attribute='age') | map(attribute='name') | list }} {{ 'bca' | sort }} {{ d | sort }}", "{{ [1, 'a'] | sort }}", "{{ [none, 1] | sort }}",
    "{{ '<b>' | safe }} {{ 5 | safe }}", "{{ 'a\\nb\\n\\nc' | indent }}|{{ 'a\\nb' | indent(2) }}|{{ 'a\\n\\nb' | indent(2, true) }}|{{ 'a\\n\\nb' | indent(2, blank=true) }}|{{ 'a\\nb\\n' | indent(1) }}|{{ '' | indent(2, true) }}|{{ 'a\\nb' | indent('>>') }}|{{ 'a\\r\\nb' | indent(1, first=true) }}", "{{ -5 | abs }} {{ (-5) | abs }} {{ (-5.5) | abs }} {{ true | abs }}", "{{ 'a' | abs }}", "{{ 2.5 | round }} {{ 3.5 | round }} {{ 2.675 | round(2) }} {{ 0.125 | round(2) }} {{ 1.005 | round(2) }} {{ 42 | round }} {{ 42 | round(2) }} {{ 2.1 | round(0, 'ceil') }} {{ 2.9 | round(method='floor') }} {{ 2.123 | round(2, 'ceil') }} {{ -2.5 | round }} {{ 1e300 | round(2) }} {{ 0.5 | round }} {{ 2.345 | round(1) }} {{ 5.015 | round(2) }}", "{{ 1 | round(0, 'up') }}", "{{ 'a' | round }}",
    "{{ [1, 2, 3] | sum }} {{ [] | sum }} {{ [1.5, 2] | sum }} {{ people | sum(attribute='age') }} {{ [1] | sum(start=10) }}", "{{ ['a'] | sum }}", "{{ [3, 1, 2] | min }} {{ [3, 1, 2] | max }} {{ ['b', 'A'] | min }} {{ ['b', 'A'] | max }} {{ [] | min }}|{{ people | max(attribute='age') }} {{ people | min(attribute='age') }} {{ ['b', 'A'] | min(true) }} {{ 'hello' | max }}", "{{ [1, 'a'] | max }}", "{{ 'x' | nofilter }}", "{{ 'x' is notest }}", "{{ s | upper | lower | title }}", "{{ -1 | abs }} {{ 1 + -2 | abs }} {{ '%s' | length }}", "{{ ('a' ~ 'b') | upper }} {{ 'a' ~ 'b' | upper }}", "{{ l | map('string') | map('int') | sum }}",
    # Tests.
    "{% for v in [1, 1.5, true, none, 'a', [], (), {}, missing, range(2), d.items(), namespace(), [] | select, dict] %}{{ [v is defined, v is undefined, v is none, v is string, v is mapping, v is iterable, v is sequence, v is number, v is integer, v is float, v is boolean, v is true, v is false, v is callable] | map('int') | join }} {% endfor %}",
    "{{ 3 is odd }} {{ 3 is even }} {{ 4 is divisibleby 2 }} {{ 4 is divisibleby(3) }} {{ 1 is eq 1 }} {{ 1 is equalto(2) }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 1 is le 1 }} {{ 1 is gt 0 }} {{ 1 is ge 2 }} {{ 1 is in [1] }} {{ 'a' is in 'abc' }} {{ none is sameas none }} {{ 'ab' is lower }} {{ 'AB' is upper }} {{ 1 is greaterthan 0 }} {{ 1 is lessthan 0 }}", "{{ 1 is == 1 }}", "{{ people | map(attribute='tags.0') | list }}", "{{ 1 is not none }} {{ missing is not defined }} {{ not missing is defined }} {{ 'a' is not string }} {{ d.a is defined and d.z is not defined }} {{ d.z is defined }} {{ d.a.b is defined }}", "{{ d.z.y is defined }}", "{{ d.a.b is defined }} {{ n.x is defined }} {{ s.upper is defined }} {{ s.nope is defined }} {{ d.items is callable }} {{ l[9] is defined }}", "{{ missing.x is defined }}", "{{ 'a' is odd }}", "{{ 1.5 is odd }} {{ 2.0 is even }}", "{{ none is even }}", "{{ x is defined if true else 1 }}", "{{ 1 is string is string }}", "{{ 1 is defined | string }}",
    "{{ 'a' is string and 1 is number or false }} {{ 'x' if missing is defined else 'y' }}", "{{ missing is none }} {{ none is defined }} {{ '' is none }} {{ false is false }} {{ 0 is false }} {{ 1 is true }}", "{{ 'a' is in d }} {{ 1 is not in l }}", "{{ 2 is number }}{{ true is number }}{{ true is integer }}",
    # Statements.
    "{% if false %}a{% elif 0 %}b{% elif 'x' %}c{% else %}d{% endif %}{% if none %}{% else %}e{% endif %}", "{% for x in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.depth }}{{ loop.depth0 }}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}", "{% for x in [] %}x{% else %}empty{% endfor %}{% for x in missing %}x{% else %}empty{% endfor %}{% for x in l if x > 9 %}x{% else %}none{% endfor %}", "{% for x in l if x is odd %}{{ loop.index }}:{{ x }}/{{ loop.length }}{{ loop.last }} {% endfor %}",
    "{% for a, b in [(1, 2), [3, 4], 'xy'] %}{{ a }}{{ b }};{% endfor %}{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for a, in [[1]] %}{{ a }}{% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% for x in 5 %}{% endfor %}", "{% for x in none %}{% endfor %}", "{% for x in l %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 4 %}{% break %}{% endif %}{{ x }}{% endfor %}", "{% break %}", "{% for x in l %}{% for y in l %}{% if y > x %}{% break %}{% endif %}{{ y }}{{ loop.depth }}{% endfor %};{% endfor %}", "{% for c in e %}[{{ c }}]{% endfor %}", "{% for x in range(3) %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{{ loop }}|{{ loop is defined }}", "{% for x in [1] %}{{ loop.nope }}{% endfor %}",
    "{% for x in 1, 2 %}{{ x }}{% endfor %}", "{% for x in (l if true else []) %}{{ x }}{% endfor %}", "{% set x = 1 %}{% for i in l %}{{ x }}{% set x = x + i %}{{ x }};{% endfor %}{{ x }}", "{% set ns = namespace(x=1) %}{% for i in l %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }} {{ ns.y }}| {{ ns['x'] }}", "{% set d.x = 1 %}", "{% set missing.x = 1 %}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set (c, d) = [3, 4] %}{{ c }}{{ d }}", "{% set a = 1, 2 %}{{ a }}", "{% set a, b = [1] %}", "{% if true %}{% set y = 5 %}{% endif %}{{ y }}", "{% if false %}{% set y = 5 %}{% endif %}{{ y }}|{{ y is defined }}",
    "{% set s = s ~ '!' %}{{ s }}", "{% set x %}a{{ 1 }}{% endset %}{{ x }}{{ x is string }}", "{% set x | upper | trim %} a{% set z = 1 %}{% endset %}{{ x }}{{ z }}|", "{% set ns = namespace() %}{% set ns.t %}hi{% endset %}{{ ns.t }}", "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}", "{% macro m(a, b=2, c='x') %}{{ a }}-{{ b }}-{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(1, c='z') }} {{ m(b=1, a=2) }} {{ m() }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(z=2) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}", "{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}", "{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}{% set x = 2 %}{{ m() }}",
    "{% for x in [1] %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}", "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}", "{% macro m(x) %}[{{ caller(x) }}]{% endmacro %}{% call(y) m(5) %}{{ y + 1 }}{% endcall %}", "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}", "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}", "{% macro m() %}x{% endmacro %}{{ m() | upper }}{{ m() ~ 'y' }}{{ m() is string }}{{ m()[0] }}", "{% macro m() %}{% set q = 5 %}{% endmacro %}{{ m() }}{{ q }}", "{% macro m(a) %}{{ a | tojson }}{% endmacro %}{{ m(none) }}{{ m([1]) }}", "{% with x = 1, y = 2 %}{{ x }}{{ y }}{% endwith %}{{ x }}|", "{% with %}{% set z = 3 %}{{ z }}{% endwith %}{{ z }}|",
    "{% filter upper %}a{{ 'b' }}{% endfilter %}{% filter trim | upper %} x {% endfilter %}", "{% generation %}g{% set v = 1 %}{% endgeneration %}{{ v }}|", "{% raw %}{{ x }}{% if %}{# c #}{% endraw %}", "a{# {{ x }} #}b{#- c -#} d", "{% macro m(a=1, b) %}{% endmacro %}", "{% set true = 1 %}", "{% set x = 1 if true else 2 %}{{ x }}", "{% set messages = 5 %}{{ messages }}", "{% macro m(messages) %}{{ messages }}{% endmacro %}{{ m(1) }}{{ l }}", "{{ range(3) | list }}{{ range(1, 7, 2) | list }}{{ range(5, 0, -2) | list }}{{ range(0) | list }}", "{{ range(100001) }}", "{{ range(1, 2, 0) }}", "{{ range('a') }}", "{{ strftime_now('%d %b %Y|%Y-%m-%d|%H:%M:%S|%A %a %B|%j %y %p %I|%-d %e %%|%f|%F %T') }}", "{{ raise_exception('no') }}", "{% if false %}{{ raise_exception('no') }}{% endif %}ok", "{{ dict is defined }}{{ range is defined }}{{ foo is defined }}",
    # Errors of syntax.
    "{% if %}{% endif %}", "{% if x %}", "{% endif %}", "{{ }}", "{{ 1 + }}", "{{ 'a }}", "{{ (1 }}", "{{ 1) }}", "{{ [1 }}", "{% foo %}", "{% include 'x' %}", "{% extends 'x' %}", "{% import 'x' as y %}", "{% do 1 %}", "{% for x l %}{% endfor %}", "{% for x in %}{% endfor %}", "{% set %}", "{% set x = %}", "{{ a b }}", "{{ 1.2.3 }}", "{{ x. }}", "{{ x[ }}", "{{ f(a=1, 2) }}", "{{ f(1 2) }}", "{# never ends", "{% raw %} x", "{{ x", "{% x", "{{ $ }}", "{{ a ? b }}", "{{ {1} }}", "{{ {1: } }}", "{% else %}", "{% if 1 %}{% else %}{% elif 2 %}{% endif %}", "{% macro %}{% endmacro %}", "{% macro m(1) %}{% endmacro %}", "{% call 5 %}{% endcall %}", "{{ not }}", "{{ x is }}", "{{ x | }}", "{{ x if }}", "{{ 1 === 2 }}", "{{ 1 <> 2 }}", "{{ !x }}", "{{ a = 1 }}", "{% if a = 1 %}{% endif %}", "}} %} #} { % {", "{", "{{ '}}' }}{{ \"%}\" }}{% if '%}' %}x{% endif %}", "{{ {'a': {'b': 1}}.a.b }}{{ {'a':{'b':1}}}}",
    # White space.
    "a\n{% if true %}\nb\n{% endif %}\nc\n", "a\n  {% if true %}  \nb\n  {% endif %}\nc", "  {% if true %}x{% endif %}  \n  y", "a {% if true %} b {% endif %} c", "a  {%- if true -%}  b  {%- endif -%}  c", "a\n\n  {{- 'x' -}}  \n\n b", "a\n  {{ 'x' }}\nb\n", "  {%+ if true %}\nx{% endif +%}\ny", "{% if true -%}\n\n x{% endif %}\n\n", "a\r\nb\rc{% if true %}\r\nd{% endif %}\r\n", "x\n\n\n", "\n\n{% set x = 1 %}\n\n{{ x }}\n", "a\n  {# c #}  \nb", "a\n  {# c #}\nb", "a\n  {#- c -#}\n  b", "a\n{#+ c +#}\nb", "{{ 1 }} \n {%- set x = 2 %} \n{{ x }}", "{{ 1 }}   {% if true %}x{% endif %}", "{% if true %}{{ 1 }}\n   {% endif %}z", "\t {% if true %}\n\t x\n\t {% endif %}\n", "{{ '\n' }}x{{ 'a\nb' }}", "a\n  {% raw %}\n  {{ x }}\n  {% endraw %}\n  b", "a {%- raw -%} {{ x }} {%- endraw -%} b", "a\n {%+ raw %} x {% endraw +%}\nb", "{% raw -%}\n  x\n  {%- endraw %}\ny", "  {{- 1 }}  {{ 2 -}}  ", "{%- for x in l -%}\n {{ x }}\n{%- endfor -%}\n", "{% for x in l %}\n  {{ x }}\n{% endfor %}\nend", "{% for x in l -%}\n  {{ x }}\n{% endfor %}\nend", "{{-1}}{{- -1}}{{ 1 -1 }}{{ 1 - 1 -}} x", "\u00a0{%- if true %}x{% endif -%}\u2003y", "a{% if true %} \n b{% endif %}", "{% set x %}\n a\n{% endset %}[{{ x }}]", "x{%- set a = 1 -%}\n\n\n{{- a }}", "line\n\n    {%- if true %}\n        {{- 'y' }}\n    {%- endif %}\n\n", "{% if true %}\n{% if true %}\nx\n{% endif %}\n{% endif %}\n", "   {# a #}{% if true %}x{% endif %}", "x {# a #}   {% if true %}y{% endif %}\n", "{#--#}a{#-#}b{#+#}c{##}d",
]
MUTABLE = ["{% set x = [] %}{% for i in [1, 2] %}{% set _ = x.append(i) %}{% endfor %}{{ x }}", "{% set x = [1, 2, 3] %}{{ x.pop() }}{{ x.pop(0) }}{{ x }}", "{% set x = [] %}{{ x.pop() }}", "{% set x = [1] %}{% for i in [1] %}{{ x.append(i) }}{% endfor %}{{ x | length }}"]


def main():
    shared = pathlib.Path(sys.argv[1])
    conversations = json.loads((HERE / "chat" / "conversations.json").read_text())
    renders = []
    for name, template, tokens in templates(shared):
        for conversation in conversations:
            variables = {"messages": conversation["messages"], "tools": conversation.get("tools"), "documents": conversation.get("documents"),
                         "add_generation_prompt": conversation.get("add_generation_prompt", True), **tokens, **conversation.get("variables", {})}
            renders.append({"template": name, "conversation": conversation["name"], **outcome(template, variables)})
    variables = {**TEXT, **PEOPLE}
    expressions = [{"template": t, **outcome(t, variables)} for t in dict.fromkeys(CASES)]
    expressions += [{"template": t, "mutable": True, **outcome(t, variables, SandboxedEnvironment)} for t in MUTABLE]
    result = {"jinja": jinja2.__version__, "python": sys.version.split()[0], "date": "2026-11-21", "now": NOW.isoformat(), "tokens": TOKENS, "variables": variables, "expressions": expressions, "renders": renders}
    json.dump(result, sys.stdout, ensure_ascii=True, indent=0)
    print()


main()
