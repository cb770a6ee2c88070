"""Turns a Talkdesk client key into access tokens.

    from talkdesk_auth import Client

    with Client(account="acme", region="us", client_id=client_id, key_id=key_id, private_key=private_key) as client:
        token = client.exchange(grant_type="client_credentials")
        print(token.access_token)

The package only translates. The shared library beside it does the work: keys, assertions, exchanges and errors.
"""

from . import _error, _library
from ._assertion import Assertion
from ._client import Client
from ._error import *  # noqa: F403
from ._error import TalkdeskAuthError
from ._token import Token

__version__ = _library.VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    # generated: keywords
    from ._keywords import AssertionOptions, ClientOptions, ExchangeParameters
    # end of generated
else:

    def __getattr__(name: str) -> type:
        # The classes of keyword arguments need `typing`. Importing it takes longer than everything else here.
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from . import _keywords

        return getattr(_keywords, name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


# generated: names
__all__ = [
    "Assertion",
    "AssertionOptions",
    "Client",
    "ClientOptions",
    "ExchangeParameters",
    "TalkdeskAuthError",
    "Token",
    "__version__",
]
# end of generated
__all__ += _error.__all__

# Tracebacks, documentation and pickles name a class by its module.
for _class in [Assertion, Client, TalkdeskAuthError, Token, *_error.ERRORS.values()]:
    _class.__module__ = __name__
del _class
