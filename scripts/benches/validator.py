"""What the publish gate makes of the W3C validator's own documents.

scripts/bench validator

Each must-pass document has to break no rule, each must-fail one the rule that it names, at the element that it names.
Those judged otherwise are named, with the reason where we think that we are right; they count as judged wrongly.
"""

from collections import Counter

from timing import close, shared

from tests.render.validator_corpus import GOAL, OTHERWISE, cases


def main() -> None:
    shared("corpus/validator")
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for case in cases():
        folder = case.name.partition("/")[0]
        asked[folder] += 1
        right[folder] += not case.fault
        if case.fault:
            print(f"{case.name}\n  asked   {case.expected}\n  judged  {case.fault}")
            print(f"  because {OTHERWISE.get(case.name, 'we are wrong')}\n")
    for folder, number in asked.items():
        print(f"{folder:<10} {right[folder]} of {number}")
    share = right.total() / asked.total()
    close("validator", f"{share:.1%} of {asked.total()} documents", f"{GOAL:.0%}", holds=share >= GOAL)


main()
