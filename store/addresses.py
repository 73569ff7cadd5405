"""Mail addresses as they are kept and compared."""

import hashlib
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email


@lru_cache(maxsize=256)  # on its way in an address is asked for several times, and each takes a third of a millisecond
def normal(address: str) -> str:
    """The address in lower case and checked for its form; nobody is asked whether it exists. Raises ValueError with what is wrong."""
    try:
        return validate_email(address.strip(), allow_smtputf8=False, check_deliverability=False).normalized.lower()
    except EmailNotValidError as wrong:
        raise ValueError(str(wrong)) from None


def comparable(address: str) -> str:
    """The address as rows hold it; one that is not well-formed in lower case only, so that it can still be refused."""
    try:
        return normal(address)
    except ValueError:
        return address.strip().lower()


def address_hash(address: str) -> str:
    """What is left of an address after its owner was erased: enough never to write to it again."""
    return hash_of_comparable(comparable(address))


def hash_of_comparable(address: str) -> str:
    """The same for an address that is comparable already."""
    return hashlib.sha256(address.encode(errors="surrogatepass")).hexdigest()
