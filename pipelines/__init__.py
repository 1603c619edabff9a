"""salesdesk: from the sales back office's exports to figures people trust."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("salesdesk")
except PackageNotFoundError:  # a checkout that was not installed
    __version__ = "0.0.0+checkout"
