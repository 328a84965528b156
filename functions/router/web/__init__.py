"""The router's HTTP surface: requests for apps, stored requests, Durable's management interface, and what operators ask and tell."""

from .instances import Instances
from .knowing import Known
from .operators import Operators
from .packages import BlobPackages, PackageProblem, Packages
from .service import Service

__all__ = ["BlobPackages", "Instances", "Known", "Operators", "PackageProblem", "Packages", "Service"]
