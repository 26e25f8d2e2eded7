"""Partners: for commands and pages, and what readers of public feeds leave behind."""
