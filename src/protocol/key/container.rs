//! Files that hold a key, or that people take for one: recognised by their first bytes, each with the command that gets the key out.

use super::complaint::Complaint;

pub(super) const SSH_ED25519: &str = "ssh-ed25519";

/// How the bytes were given. A command needs them as a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    AsTheyAre,
    /// In base64, with or without armour lines.
    Base64,
}

pub(super) struct Container {
    what: &'static str,
    remedy: Remedy,
}

enum Remedy {
    /// The command reads FILE and writes NEW. The second text is a remark.
    Command(&'static str, &'static str),
    /// No command takes the key out.
    Advice(&'static str),
}

use Remedy::{Advice, Command};

impl Container {
    pub fn complaint(&self, encoding: Encoding) -> Complaint {
        let what = self.what;
        match (&self.remedy, encoding) {
            (Advice(advice), _) => format!("this is {what}; {advice}"),
            (Command(command, remark), Encoding::AsTheyAre) => {
                format!("this is {what}; get the key out of it: {command}{remark}")
            }
            (Command(command, remark), Encoding::Base64) => format!(
                "this is {what} in base64; decode it and get the key out of it: \
                 sed '/^-/d' FILE | base64 -d > BINARY && {}{remark}",
                command.replacen("FILE", "BINARY", 1)
            ),
        }
    }
}

const fn command(what: &'static str, command: &'static str) -> Container {
    Container { what, remedy: Command(command, "") }
}

const fn advice(what: &'static str, advice: &'static str) -> Container {
    Container { what, remedy: Advice(advice) }
}

/// The commands that turn a keystore of Java into PKCS#12, and take the key out of that.
macro_rules! keystore {
    ($kind:literal, $provider:literal) => {
        concat!(
            "keytool -importkeystore -srckeystore FILE -srcstoretype ",
            $kind,
            $provider,
            " -destkeystore STORE -deststoretype PKCS12 && openssl pkcs12 -in STORE -nocerts -nodes -out NEW"
        )
    };
}

macro_rules! bouncy_castle {
    ($kind:literal) => {
        keystore!($kind, " -provider org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath bcprov.jar")
    };
}

pub(super) const PKCS12: Container = Container {
    what: "a PKCS#12 store",
    remedy: Command("openssl pkcs12 -in FILE -nocerts -nodes -out NEW", " (add -legacy if it is old)"),
};
pub(super) const BCFKS: Container = command("a BCFKS keystore of Bouncy Castle", bouncy_castle!("BCFKS"));
pub(super) const CMS: Container = advice("a PKCS#7 or CMS message", GIVE);
const BKS: Container = Container {
    what: "a BKS keystore of Bouncy Castle",
    remedy: Command(bouncy_castle!("BKS"), " (write UBER for BKS if it is one)"),
};

const GIVE: &str = "give the private key";
const UNPACK: &str = "unpack it and give the file inside";
const DECRYPT: &str = "decrypt it and give the key inside";
const ANOTHER: &str = "make a new key: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out NEW";
const KEY_OF_OPENPGP: Container = advice("an OpenPGP key, which no common tool converts", ANOTHER);
const MESSAGE_OF_OPENPGP: Container = command("a file that OpenPGP encrypted", "gpg -d < FILE > NEW");

enum Start {
    With(&'static [u8]),
    At(usize, &'static [u8]),
    /// A packet of OpenPGP with one of these tags (RFC 9580 §5).
    Packet(&'static [u8]),
}

use Start::{At, Packet, With};

#[rustfmt::skip]
const BINARY: &[(Start, Container)] = &[
    (With(b"\xfe\xed\xfe\xed"), command("a JKS keystore of Java", keystore!("JKS", ""))),
    (With(b"\xce\xce\xce\xce"), command("a JCEKS keystore of Java", keystore!("JCEKS", ""))),
    // The version, and the length of a salt.
    (With(b"\0\0\0\x01\0\0\0\x14"), BKS),
    (With(b"\0\0\0\x02\0\0\0\x14"), BKS),
    // BER of indefinite length: version 3 of PKCS#12, and a content type of PKCS#7.
    (With(b"\x30\x80\x02\x01\x03"), PKCS12),
    (With(b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"), CMS),
    (With(b"\x1e\xf1\xb5\xb0"), command("a PVK file of Windows", "openssl rsa -inform PVK -in FILE -out NEW")),
    (With(b"\x07\x02\0\0"), command("a key blob of Windows", "openssl rsa -inform MSBLOB -in FILE -out NEW")),
    (With(b"\x06\x02\0\0"), advice("a public key blob of Windows", GIVE)),
    (With(b"RSA3\0"), advice("a key blob of Windows CNG", "export it as PKCS#8")),
    (With(b"ECS2\x20\0\0\0"), advice("a key blob of Windows CNG", "export it as PKCS#8")),
    (With(b"ECS4\x30\0\0\0"), advice("a key blob of Windows CNG", "export it as PKCS#8")),
    (With(b"ECS6\x42\0\0\0"), advice("a key blob of Windows CNG", "export it as PKCS#8")),
    (Packet(&[5, 7]), KEY_OF_OPENPGP),
    (Packet(&[6, 14]), advice("an OpenPGP public key", GIVE)),
    (Packet(&[1, 3]), MESSAGE_OF_OPENPGP),
    (At(8, b"KBXf"), advice("GnuPG's box of public keys", GIVE)),
    // A file in GnuPG's private-keys-v1.d.
    (With(b"(11:private-key"), KEY_OF_OPENPGP),
    (With(b"(21:protected-private-key"), KEY_OF_OPENPGP),
    (With(b"Key: (p"), KEY_OF_OPENPGP),
    (With(b"SSH PRIVATE KEY FILE FORMAT 1.1\n"), advice("a key of SSH 1", ANOTHER)),
    (With(b"Salted__"), advice("a file that openssl enc encrypted", "decrypt it with the same options and -d")),
    (With(b"\0GITCRYPT\0"), advice("a file that git-crypt encrypted", "unlock the repository and give the key")),
    (With(b"\x1f\x8b"), command("a file that gzip compressed", "gzip -dc < FILE > NEW")),
    (With(b"PK\x03\x04"), command("a ZIP archive", "unzip -p FILE > NEW")),
    (With(b"BZh91AY&SY"), command("a file that bzip2 compressed", "bzip2 -dc < FILE > NEW")),
    (With(b"\xfd7zXZ\0"), command("a file that xz compressed", "xz -dc < FILE > NEW")),
    (With(b"\x28\xb5\x2f\xfd"), advice("a file that zstd compressed", UNPACK)),
    (With(b"7z\xbc\xaf\x27\x1c"), advice("a 7z archive", UNPACK)),
    (At(257, b"ustar"), command("a tar archive", "tar -xOf FILE > NEW")),
    (With(b"SQLite format 3\0"), advice("a database, perhaps the key store of NSS", "export the key as PKCS#12, and get it out of that")),
    (With(b"kych"), advice("a keychain of macOS", "export the key as PKCS#12, and get it out of that")),
    (With(b"\x03\xd9\xa2\x9a"), advice("a KeePass database", "copy the key out of it")),
    (With(b"%PDF-"), advice("a PDF", "give the private key as text")),
    (With(b"{\\rtf"), advice("formatted text (RTF)", "save it as plain text")),
];

/// The container that starts like this.
pub(super) fn of(bytes: &[u8]) -> Option<&'static Container> {
    let packet = openpgp_packet(bytes);
    let starts = |start: &Start| match start {
        With(first) => bytes.starts_with(first),
        At(offset, word) => bytes.get(*offset..).is_some_and(|rest| rest.starts_with(word)),
        Packet(tags) => packet.is_some_and(|tag| tags.contains(&tag)),
    };
    BINARY.iter().find(|(start, _)| starts(start)).map(|(_, container)| container)
}

/// The tag of the first packet of OpenPGP, whose length must fit, and whose content must start with a known version (RFC 9580 §4.2).
fn openpgp_packet(bytes: &[u8]) -> Option<u8> {
    let (tag, length, content) = match *bytes {
        [first @ 0xc0..=0xff, length @ 0..192, ref content @ ..] => (first & 0x3f, usize::from(length), content),
        [first @ 0xc0..=0xff, high @ 192..224, low, ref content @ ..] => {
            (first & 0x3f, (usize::from(high - 192) << 8) + usize::from(low) + 192, content)
        }
        [first @ 0x80..0xc0, length, ref content @ ..] if first & 3 == 0 => {
            (first >> 2 & 15, usize::from(length), content)
        }
        [first @ 0x80..0xc0, high, low, ref content @ ..] if first & 3 == 1 => {
            (first >> 2 & 15, usize::from(high) << 8 | usize::from(low), content)
        }
        _ => return None,
    };
    (length <= content.len() && matches!(content.first(), Some(3..=6))).then_some(tag)
}

enum Words {
    /// The text starts with one of these.
    First(&'static [&'static str]),
    /// The text has one of these anywhere, because other text may stand above.
    Any(&'static [&'static str]),
}

use Words::{Any, First};

#[rustfmt::skip]
const TEXT: &[(Words, Container)] = &[
    (First(&["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]), advice("an SSH public key", GIVE)),
    (Any(&["BEGIN SSH2 PUBLIC KEY"]), advice("an SSH public key", GIVE)),
    (Any(&["BEGIN SSH2 "]), command("a key in SSH2's format", PUTTYGEN)),
    (First(&["PuTTY-User-Key-File"]), command("a PuTTY key", PUTTYGEN)),
    (Any(&["BEGIN PGP PRIVATE KEY"]), KEY_OF_OPENPGP),
    (Any(&["BEGIN PGP PUBLIC KEY"]), advice("an OpenPGP public key", GIVE)),
    (Any(&["BEGIN PGP MESSAGE"]), MESSAGE_OF_OPENPGP),
    (Any(&["BEGIN PGP "]), advice("an OpenPGP signature", GIVE)),
    (Any(&["Proc-Type: 4,ENCRYPTED", "Proc-Type:4,ENCRYPTED"]), command("a key that OpenSSL encrypted in its traditional way", "openssl pkcs8 -topk8 -in FILE -out NEW")),
    (Any(&["BEGIN ENCRYPTED SIGSTORE ", "BEGIN ENCRYPTED COSIGN "]), advice("a key in cosign's own encryption", ANOTHER)),
    (Any(&["BEGIN AGE ENCRYPTED FILE"]), advice("a file that age encrypted", DECRYPT)),
    (First(&["age-encryption.org/"]), advice("a file that age encrypted", DECRYPT)),
    (First(&["AGE-SECRET-KEY-"]), advice("a key of age", ANOTHER)),
    (First(&["$ANSIBLE_VAULT"]), advice("a file that Ansible Vault encrypted", DECRYPT)),
    (Any(&["ENC[AES256_GCM"]), advice("a file that SOPS encrypted", DECRYPT)),
    (First(&["Private-key-format:"]), advice("a DNSSEC key of BIND", ANOTHER)),
    (First(&["untrusted comment:"]), advice("a key of signify or minisign", ANOTHER)),
    (First(&["version https://git-lfs"]), advice("a pointer of Git LFS", "fetch the file itself: git lfs pull")),
    (First(&["apiVersion:"]), advice("a manifest of Kubernetes", "give the value of its member, which may stay in base64")),
    (First(&["<RSAKeyValue"]), advice("an RSA key of .NET in XML", "export it as PKCS#8 (ExportPkcs8PrivateKeyPem)")),
    (First(&["<"]), advice("HTML or XML, perhaps a web page that was saved instead of the key", "give PEM, base64 or a JWK")),
];

const PUTTYGEN: &str = "puttygen FILE -O private-openssh -o NEW";

/// Says what the text is if it is the text of a container.
pub(super) fn complaint_of_text(text: &str) -> Option<Complaint> {
    if text.starts_with("PuTTY-User-Key-File") && text.lines().next().is_some_and(|line| line.contains(SSH_ED25519)) {
        return Some(
            "this is an Ed25519 key in PuTTY's format, which puttygen does not convert; \
             make a new key: openssl genpkey -algorithm ed25519 -out NEW"
                .into(),
        );
    }
    if text.starts_with("eyJ") && text.contains('.') {
        let is_encrypted = text.split('.').count() == 5;
        let token = if is_encrypted {
            "an encrypted JWT or JWK (JWE); decrypt it and give"
        } else {
            "a JWT, which was signed with a key; give"
        };
        return Some(format!("this is {token} the private key"));
    }
    let has = |words: &Words| match words {
        First(words) => words.iter().any(|word| text.starts_with(word)),
        Any(words) => words.iter().any(|word| text.contains(word)),
    };
    let container = TEXT.iter().find(|(words, _)| has(words)).map(|(_, container)| container);
    container.or_else(|| of(text.as_bytes())).map(|container| container.complaint(Encoding::AsTheyAre))
}
