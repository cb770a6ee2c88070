"""Signs assertions with one library. `run.py` explains the arguments and the output.

Imports stand where they are needed, so that a cold start loads only what its library needs.
"""

import sys


def talkdesk_auth(audience, client_id, key_id, pem, algorithm, _held):
    from talkdesk_auth import Client

    client = Client(token_endpoint=audience, client_id=client_id, key_id=key_id, private_key=pem, algorithm=algorithm)

    def sign():
        assertion = client.assertion()
        jwt = assertion.jwt
        assertion.close()
        return jwt

    return sign


def claims(audience, client_id):
    import time
    import uuid

    now = int(time.time())
    return {"iss": client_id, "sub": client_id, "aud": audience, "jti": str(uuid.uuid4()), "iat": now, "exp": now + 300}


def pyjwt(audience, client_id, key_id, pem, algorithm, held):
    import jwt

    key = pem
    if held:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        key = load_pem_private_key(pem.encode(), None)
    headers = {"kid": key_id}
    return lambda: jwt.encode(claims(audience, client_id), key, algorithm=algorithm, headers=headers)


def joserfc(audience, client_id, key_id, pem, algorithm, held):
    from joserfc import jwk, jwt

    kind = jwk.ECKey if algorithm.startswith("ES") else jwk.RSAKey
    key = kind.import_key(pem)
    header = {"alg": algorithm, "kid": key_id, "typ": "JWT"}

    def sign():
        return jwt.encode(header, claims(audience, client_id), key if held else kind.import_key(pem), algorithms=[algorithm])

    return sign


def turns(sign):
    import time

    for line in sys.stdin:
        count, start = 0, time.perf_counter()
        end = start + float(line)
        while (now := time.perf_counter()) < end:
            for _ in range(10):
                sign()
            count += 10
        print(f'{{"count": {count}, "seconds": {now - start}}}', flush=True)


def nothing(*_):
    return lambda: ""


CONTENDERS = {"nothing": nothing, "talkdesk_auth": talkdesk_auth, "PyJWT": pyjwt, "joserfc": joserfc}


def main(contender, key, audience, client_id, key_id, key_file, algorithm, *then):
    with open(key_file) as file:
        pem = file.read()
    sign = CONTENDERS[contender](audience, client_id, key_id, pem, algorithm, key == "held")
    print(sign(), flush=True)
    if then:
        turns(sign)


if __name__ == "__main__":
    main(*sys.argv[1:])
