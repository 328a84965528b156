"""Makes the .zip that a function app runs from, all that it needs inside and the same bytes from the same input; brings it to its container."""

from .container import PackageContainer
from .making import Made, make_package
from .pruning import Pruning, decide_pruning, prune
from .uploading import Uploaded, upload_package

__all__ = ["Made", "PackageContainer", "Pruning", "Uploaded", "decide_pruning", "make_package", "prune", "upload_package"]
