"""What has no samples under its own name, and where it is tested instead.

Apart from the tables because these are exceptions, each with its reason.
"""

from __future__ import annotations

# Records that no public function is named after: the operation whose samples reach them.
ALSO_REACHED: dict[str, str] = {}

# Public functions that take or return no tensors of numbers, by the test that covers them.
TESTED_ELSEWHERE: dict[str, str] = {}
