"""Verifies client assertions with PyJWT: one compact JWT per line on stdin, and the number of valid ones on stdout.

The first assertion that breaks a rule ends the process with its number and the reason.
"""

import argparse
import sys
from pathlib import Path

try:
    import jwt
except ImportError:
    sys.exit("PyJWT is missing; install it: pip install -r tests/interop/requirements.txt")

# RFC 7518, section 3.4, and RFC 8032. An RSA signature is as long as its modulus, here 2048 bits.
SIGNATURE_BYTES = {
    "ES256": 64, "ES384": 96, "ES512": 132,
    "PS256": 256, "PS384": 256, "PS512": 256,
    "RS256": 256, "RS384": 256, "RS512": 256,
    "EdDSA": 64,
}  # fmt: skip
LONGEST_LIFETIME = 3600
CLAIMS = ["iss", "sub", "aud", "jti", "iat", "exp"]


def verify(assertion, expected, public_key):
    """Returns the assertion's `jti` if a strict server would accept the assertion (RFC 7523, section 3)."""
    decoded = jwt.decode_complete(
        assertion,
        public_key,
        algorithms=[expected.algorithm],
        issuer=expected.client_id,
        subject=expected.client_id,
        audience=expected.audience,
        options={"require": CLAIMS, "strict_aud": True, "enforce_minimum_key_length": True},
    )
    header, claims, signature = decoded["header"], decoded["payload"], decoded["signature"]
    require(header == {"alg": expected.algorithm, "kid": expected.key_id, "typ": "JWT"}, f"the header is {header}")
    require(len(signature) == SIGNATURE_BYTES[expected.algorithm], f"the signature has {len(signature)} bytes")
    require(set(claims) == set(CLAIMS), f"the claims are {sorted(claims)}")
    require(type(claims["iat"]) is int and type(claims["exp"]) is int, "a time is not a whole number")
    lifetime = claims["exp"] - claims["iat"]
    require(0 < lifetime <= LONGEST_LIFETIME, f"its lifetime is {lifetime} s")
    return claims["jti"]


def require(condition, complaint):
    if not condition:
        raise ValueError(complaint)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    for name in ("algorithm", "client-id", "key-id", "audience"):
        arguments.add_argument(f"--{name}", required=True)
    arguments.add_argument("--public-key", required=True, type=Path)
    expected = arguments.parse_args()

    public_key = expected.public_key.read_bytes()
    seen = set()
    for number, line in enumerate(sys.stdin, start=1):
        try:
            identifier = verify(line.strip(), expected, public_key)
            require(identifier not in seen, f"its jti {identifier} was used before")
        except (jwt.PyJWTError, ValueError) as error:
            sys.exit(f"{expected.algorithm} assertion {number}: {error}")
        seen.add(identifier)
    print(len(seen))


if __name__ == "__main__":
    main()
