"""Mail and chat: sent once for each key, tried again when it fails, never an error to whoever sends.

The only room that talks to mail servers and chats.
"""

from pipelines.delivery.chat import Note
from pipelines.delivery.mail import Letter
from pipelines.delivery.notices import Notice, tell
from pipelines.delivery.posting import Post, post, targets, was_sent
from pipelines.delivery.sending import WAITS, Receipt

__all__ = ["WAITS", "Letter", "Note", "Notice", "Post", "Receipt", "post", "targets", "tell", "was_sent"]
