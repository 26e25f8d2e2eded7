"""What no XML document from outside may have, whoever reads it."""

import re

LONGEST_SPACE = 300  # bytes of a namespace, of its prefix, and of blanks around its `=`; of real feeds 62 at most

# lxml makes a name of its namespace and itself each time it is asked for it, expat each time it comes by. With one of
# 1 MB, 250,000 elements of 4 bytes take minutes. Every part is bounded, so that the search is linear.
_BLANKS = rf"\s{{0,{LONGEST_SPACE}}}+"
_OVERLONG = re.compile(
    rf"""x(?=mlns[:=\s])mlns(?:
        :[^\s="'<>]{{{LONGEST_SPACE + 1}}}
        |(?::[^\s="'<>]{{0,{LONGEST_SPACE}}}+)?(?:
            {_BLANKS}\s
            |{_BLANKS}=(?:{_BLANKS}\s|{_BLANKS}(?:"[^"<]{{{LONGEST_SPACE + 1}}}|'[^'<]{{{LONGEST_SPACE + 1}}}))
        )
    )""".encode(),
    re.VERBOSE,
)


def has_overlong_space(body: bytes) -> bool:
    """Tell whether an XML document, in an encoding that ASCII is a part of, declares a namespace beyond all use."""
    return _OVERLONG.search(body) is not None
