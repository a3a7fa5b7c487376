"""``sarcoma-cds``: the command line for guideline authors and integration teams.

Exit status: 0 fine, 1 the checked thing is wrong, 2 the call is wrong. Errors go to standard error.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

_COMMANDS = {
    "apply": ("authoring.apply_command", "apply a PlanDefinition to one patient's data"),
    "audit": ("authoring.audit_command", "the audit trail of the service, as FHIR AuditEvents"),
    "check": ("authoring.check_command", "validate a guideline's files"),
    "cql": ("authoring.cql_command", "run or translate CQL"),
    "serve": ("authoring.serve_command", "the CDS Hooks service"),
    "evaluate": ("authoring.evaluate_command", "one patient's record to cards"),
    "facts": ("authoring.facts", "the facts of one patient, with their evidence"),
    "feedback": ("authoring.feedback_command", "what clinicians did with the cards: a report, their comments"),
    "key": ("authoring.key_command", "a key pair and signed tokens, to try the connection as an EHR"),
    "preview": ("authoring.preview_command", "what a draft of a guideline changes, over some patients"),
    "test": ("authoring.test_command", "a guideline's own test cases, with coverage of conditions"),
}
"""Command name to the module that holds it and a line of help. Modules load only when their command is called."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="sarcoma-cds", description="Guideline software for metastatic soft tissue sarcoma."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, line) in _COMMANDS.items():
        command = commands.add_parser(name, help=line, description=line)
        if words[:1] == [name]:
            importlib.import_module(module).configure(command)
    options = parser.parse_args(words)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # the reader (head, less) has seen enough
        sys.stderr.close()
        return 0


if __name__ == "__main__":
    sys.exit(main())
