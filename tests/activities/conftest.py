"""A mail server that answers as it is told, and letters, as in the tests of mail."""

from tests.mail.conftest import connect, folder, letters, open_post_office, post_office

__all__ = ["connect", "folder", "letters", "open_post_office", "post_office"]
