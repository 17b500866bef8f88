#!/usr/bin/python3
"""Checks JSON documents against a JSON schema.

usage: check_schema.py SCHEMA DOCUMENT                 does the document conform?
       check_schema.py SCHEMA DOCUMENT --mutations [--opaque POINTER]... [--optional NAME]...
                                  does the schema refuse every broken copy of the document?

A broken copy lacks one field, has one field too many, or has a value of another kind in one place.
Below an opaque pointer anything goes; optional names may be missing.
Exit status: 0 yes, 1 no (the first reason on stderr), 77 python3-jsonschema is not installed.
"""
import argparse
import copy
import json
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)


def places(value, pointer=""):
    yield pointer, value
    if isinstance(value, dict):
        for name, child in value.items():
            yield from places(child, f"{pointer}/{name}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from places(child, f"{pointer}/{index}")


def resolve(document, pointer):
    for step in pointer.split("/")[1:]:
        document = document[int(step) if isinstance(document, list) else step]
    return document


def replaced(document, pointer, value):
    if not pointer:
        return value
    copied = copy.deepcopy(document)
    parent, _, last = pointer.rpartition("/")
    holder = resolve(copied, parent)
    holder[int(last) if isinstance(holder, list) else last] = value
    return copied


def mutations(document, opaque, optional):
    for pointer, value in places(document):
        yield f"wrong kind at {pointer or '/'}", replaced(document, pointer, [[True]])
        if any(pointer == p or pointer.startswith(p + "/") for p in opaque):
            continue
        if isinstance(value, dict):
            yield f"extra field at {pointer or '/'}", replaced(
                document, pointer, {**value, "surplus": 1})
            for name in value:
                if name not in optional:
                    fewer = {k: v for k, v in value.items() if k != name}
                    yield f"no {pointer}/{name}", replaced(document, pointer, fewer)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("schema")
    parser.add_argument("document")
    parser.add_argument("--mutations", action="store_true")
    parser.add_argument("--opaque", action="append", default=[])
    parser.add_argument("--optional", action="append", default=[])
    arguments = parser.parse_args()
    with open(arguments.schema, encoding="utf-8") as file:
        schema = json.load(file)
    with open(arguments.document, encoding="utf-8") as file:
        document = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    if error is not None:
        sys.exit(f"{arguments.document}: {error.json_path}: {error.message}")
    if not arguments.mutations:
        return
    count = 0
    opaque = arguments.opaque
    for what, broken in mutations(document, opaque, set(arguments.optional)):
        inside = what.split(" at ")[-1]
        if any(inside.startswith(p + "/") for p in opaque):
            continue
        count += 1
        if validator.is_valid(broken):
            sys.exit(f"{arguments.schema} accepts a broken document: {what}")
    if count == 0:
        sys.exit("no mutation was tried")
    print(f"{count} broken documents refused")


main()
