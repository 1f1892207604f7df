"""What exit codes mean, the same for every command."""

from __future__ import annotations

CLEAN = 0
"""The command did what it was asked, and found nothing wrong."""

FINDINGS = 1
"""Rules or data are wrong, or a case fails; everything found has been printed."""

USAGE = 2
"""The command was not called as it is meant."""

COULD_NOT_RUN = 3
"""There was nothing to run, such as rules without a data contract to make data for; or the
environment did not let it: memory, disk, permissions, a signal to stop; or a bug."""
