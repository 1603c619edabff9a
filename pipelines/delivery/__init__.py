"""Mail and chat: sent once for each key, tried again when it fails, never an error to whoever sends.

The only room that talks to mail servers and chats.
"""

from pipelines.delivery.notices import Notice, tell
from pipelines.delivery.sending import Receipt

__all__ = ["Notice", "Receipt", "tell"]
