import hashlib

def download(url, wanted):
    got = hashlib.sha256(fetch(url)).hexdigest()
    if got != wanted:
        raise ValueError("checksum")
