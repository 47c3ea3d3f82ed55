"""Values that nobody means to send: what a fuzzer fills fields, addresses, headers and bodies with."""

import json
from random import Random
from typing import Any

TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "1e400",
    "NaN",
    "null",
    "true",
    "9" * 30,
    "2147483648",
    "9223372036854775808",
    "T0.1",
    "SYT",
    "p1",
    "2023-09",
    "2023-02-30",
    "31/12/9999",
    "0001-01-01",
    "2026-11-29T25:61:00Z",
    "Giao ban\r\nBcc: a@b.example",
    "\u2028\u2029\x85\x0b",
    "a\x00b",
    "\ufeff\u202eđảo",
    "\U0001f600" * 40,
    "e\u0301" * 60,
    "ﬃ" * 30,
    "<script>alert(1)</script>",
    "{{ 7*7 }}${7*7}%s%n",
    "' OR 1=1 --",
    "../../etc/passwd",
    "..\\..\\",
    "%00%ff%ED%A0%80",
    "mailto:a@b.example,c@d.example",
    "=CMD|'/C calc'!A0",
    "x" * 300,
    "x" * 5_000,
    "ộ" * 21_000,
    "(a+)+$" * 5,
    "1.234.567",
    "12,75",
    "ông Nguyễn Văn Nam",
)

OTHERS = (None, True, False, 0, -1, 1.5, 1e308, 2**31, 2**63 - 1, [], {}, [[]], [None], {"": {}}, {"any_": []})

RAW = (
    b"",
    b"{",
    b"[]",
    b"\xff\xfe",
    b'"\\ud800"',
    b'{"a": "\\ud800"}',
    b'{"limit": NaN}',
    b'{"offset": 1e400}',
    b'{"a": ' * 300 + b"1" + b"}" * 300,
    b"[" * 3_000,
    b"9" * 6_000,
    b'--x\r\nContent-Disposition: form-data; name="f"; filename="a\x00.pdf"\r\n\r\n%PDF\r\n--x--\r\n',
)


def text(rng: Random) -> str:
    """One of the odd texts, or letters drawn from everywhere."""
    if rng.random() < 0.8:
        return rng.choice(TEXTS)
    return "".join(
        chr(rng.choice((rng.randrange(32, 127), rng.randrange(0xA0, 0xD7FF)))) for _ in range(rng.randrange(30))
    )


FILES = (
    ("a.pdf", b"%PDF-1.4", "application/pdf"),
    ("a.docx", b"PK\x03\x04" + b"\0" * 50, "application/octet-stream"),
    ("a.xlsx", b"PK\x05\x06" + b"\0" * 18, "application/octet-stream"),
    ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "image/png"),
    ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
    ("a.txt", "việc số 1".encode(), "text/plain"),
    ("a.pdf", b"", "application/pdf"),
)


def file(rng: Random) -> tuple[str, bytes, str]:
    """A file that is none of what its name says, under an odd name now and then."""
    name, content, kind = rng.choice(FILES)
    return (text(rng)[:60] or name) if rng.random() < 0.3 else name, content, kind


def value(rng: Random, depth: int = 3) -> Any:
    """A value of JSON, nested at most ``depth`` deep."""
    kind = rng.random()
    if depth and kind < 0.15:
        return [value(rng, depth - 1) for _ in range(rng.randrange(4))]
    if depth and kind < 0.3:
        return {text(rng)[:40]: value(rng, depth - 1) for _ in range(rng.randrange(4))}
    return text(rng) if kind < 0.7 else rng.choice(OTHERS)


def of_schema(schema: dict[str, Any], rng: Random, known: dict[str, Any], depth: int = 4) -> Any:
    """A value that follows a JSON schema more often than not."""
    if rng.random() < 0.12 or depth == 0:
        return value(rng, 2)
    if "$ref" in schema:
        return of_schema(known[schema["$ref"].rpartition("/")[2]], rng, known, depth)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return of_schema(rng.choice(schema[several]), rng, known, depth)
    if "enum" in schema:
        return rng.choice(schema["enum"])
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            required = schema.get("required", ())
            return {
                name: of_schema(each, rng, known, depth - 1)
                for name, each in fields.items()
                if name in required or rng.random() < 0.3
            }
        case "array":
            return [of_schema(schema.get("items", {}), rng, known, depth - 1) for _ in range(rng.randrange(3))]
        case "integer" | "number":
            return rng.choice(
                (0, 1, 2, 10, 200, -1, 2**31, 2**63 - 1, schema.get("minimum", 0), schema.get("maximum", 9))
            )
        case "boolean":
            return rng.random() < 0.5
        case "null":
            return None
        case "string" if schema.get("format") == "date-time":
            return rng.choice(("2026-11-29T08:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "x"))
        case "string" if schema.get("format") == "uuid":
            return rng.choice(("00000000-0000-0000-0000-000000000000", "x"))
    return text(rng)


def written(content: Any) -> bytes:
    """JSON as a program would send it, lone surrogates and all."""
    return json.dumps(content).encode()
