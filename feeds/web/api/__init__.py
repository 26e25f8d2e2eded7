"""The programs' interface: `/api/v1`."""
