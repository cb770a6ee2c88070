"""The contenders, and how each language installs them: below target/bench-bindings, from registries and from dist/."""

import dataclasses
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = ROOT / "target" / "bench-bindings"
#: The names of the packages in dist/.
WHEEL, GEM, ARCHIVE, JAR = "talkdesk_auth-*.whl", "talkdesk_auth-*.gem", "talkdesk-auth-*.tgz", "talkdesk-auth-?.?.?.jar"


@dataclasses.dataclass(frozen=True, eq=False)
class Contender:
    """A library of one language. Its command takes the arguments that `run.py` explains."""

    language: str
    name: str
    version: str
    command: tuple
    environment: dict
    ours: bool


@dataclasses.dataclass(frozen=True, eq=False)
class Language:
    name: str
    version: str
    contenders: list
    #: The interpreter without any library.
    nothing: Contender
    #: How many seconds a program runs before it counts, because just-in-time compilers need time.
    warm_up: float
    #: The target for our package with ES256: the lowest ratio. With RSA it is 0.97 in every language.
    least: float


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout.strip()


def once(folder, *sources):
    """Returns whether the folder must be filled: it is missing, or was made from other sources. Then it is emptied; see `made`."""
    stamp = stamp_of(sources)
    mark = folder / "made-from"
    if mark.exists() and mark.read_text() == stamp:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return True


def made(folder, *sources):
    (folder / "made-from").write_text(stamp_of(sources))


def stamp_of(sources):
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def package(binding, pattern):
    """Builds a binding's package and returns it."""
    words = ["make", "-C", ROOT / "bindings" / binding, "package"]
    built = subprocess.run(words, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if built.returncode:
        raise SystemExit(built.stdout)
    return packaged(ROOT, pattern)


def packaged(root, pattern):
    """The newest file with this name in dist/ of a checkout."""
    return max((root / "dist").glob(pattern), key=os.path.getmtime)


def language(name, version, command, environment, versions, ours, warm_up, least):
    """`command` returns the words that start a library's program. `versions` has the name and version of each library."""
    made = {
        library: Contender(name, library, number, tuple(command(library)), environment, library == ours)
        for library, number in {"nothing": version, **versions}.items()
    }
    return Language(name, version, [made[library] for library in versions], made["nothing"], warm_up, least)


def ours():
    return re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]


def interpreter_of_the_distribution():
    """Python as most users have it. The first on the path may be built by hand, often without the compiler's optimisations."""
    python3 = "/usr/bin/python3"
    if not os.path.exists(python3):
        return "python3"
    able = subprocess.run([python3, "-c", "import ensurepip"], check=False, stderr=subprocess.DEVNULL)
    return "python3" if able.returncode else python3


def python():
    requirements = pinned_in(HERE / "requirements.txt")
    interpreter = python_with(package("python", WHEEL), TARGET / "python")
    versions = {"talkdesk_auth": ours(), "PyJWT": requirements["PyJWT"], "joserfc": requirements["joserfc"]}
    version = output(interpreter, "-c", "import platform; print(platform.python_version())")
    return language(
        "Python", version, lambda _: [interpreter, HERE / "bench.py"], {}, versions, "talkdesk_auth", warm_up=0.5, least=0.80
    )


def pinned_in(requirements):
    return dict(line.split("==") for line in requirements.read_text().split())


def python_with(wheel, folder):
    """Installs a wheel and the peers, and returns the interpreter."""
    requirements = HERE / "requirements.txt"
    interpreter = folder / "bin" / "python"
    if once(folder, wheel, requirements):
        subprocess.run([interpreter_of_the_distribution(), "-m", "venv", folder], check=True)
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", "--no-index", wheel], check=True)
        made(folder, wheel, requirements)
    return interpreter


def ruby():
    environment = ruby_with(package("ruby", GEM), TARGET / "ruby")
    versions = {"talkdesk_auth": ours(), "ruby-jwt": output("ruby", "-e", "gem 'jwt'; puts Gem.loaded_specs['jwt'].version")}
    version = output("ruby", "-e", "puts RUBY_VERSION")
    return language(
        "Ruby", version, lambda _: ["ruby", HERE / "bench.rb"], environment, versions, "talkdesk_auth", warm_up=0.5, least=0.79
    )


def ruby_with(gem, folder):
    """Installs a gem, and returns the environment in which Ruby finds it."""
    if once(folder, gem):
        options = ["--local", "--silent", "--no-document", "--ignore-dependencies", "--force"]
        subprocess.run(["gem", "install", *options, "--install-dir", folder, gem], check=True)
        made(folder, gem)
    return {"GEM_PATH": f"{folder}:{output('ruby', '-e', 'puts Gem.default_path.join(%q(:))')}"}


def node():
    folder = node_with(package("node", ARCHIVE), TARGET / "node")
    pinned = json.loads((HERE / "package.json").read_text())["dependencies"]
    versions = {"talkdesk-auth": ours(), "jsonwebtoken": pinned["jsonwebtoken"], "jose": pinned["jose"]}
    version = output("node", "-p", "process.versions.node")
    return language(
        "Node", version, lambda _: ["node", folder / "bench.mjs"], {}, versions, "talkdesk-auth", warm_up=1, least=0.87
    )


def node_with(archive, folder):
    """Installs a package and the peers beside copies of the programs, because Node looks for packages from there. Returns the folder."""
    listed = HERE / "package.json"
    programs = [HERE / "bench.mjs", HERE / "exchange.mjs"]
    if once(folder, archive, listed, *programs):
        for file in (listed, *programs):
            shutil.copy(file, folder)
        subprocess.run(["npm", "install", "--silent", "--no-package-lock", "--prefix", folder], check=True)
        subprocess.run(["npm", "install", "--silent", "--no-package-lock", "--no-save", "--prefix", folder, archive], check=True)
        made(folder, archive, listed, *programs)
    return folder


def java():
    jar = package("java", JAR)
    folder, jna, peers = java_with(jar)
    nimbus = [path for path in peers if "nimbus" in path]
    jjwt = [path for path in peers if "nimbus" not in path]
    # Each library has its own class path, because Java searches the jars in order until it finds a class.
    needs = {"talkdesk-auth": [jar, *jna], "nimbus-jose-jwt": nimbus, "jjwt": jjwt}
    pinned = dict(
        re.findall(r"<artifactId>(.*?)</artifactId>\s*<version>(.*?)</version>", (HERE / "java" / "pom.xml").read_text())
    )
    versions = {
        "talkdesk-auth": ours(),
        "java.security.Signature": java_version(),
        "nimbus-jose-jwt": pinned["nimbus-jose-jwt"],
        "jjwt": pinned["jjwt-api"],
    }

    def command(library):
        return ["java", "-cp", ":".join(map(str, [folder / "classes", *needs.get(library, [])])), "Bench"]

    return language("Java", java_version(), command, {}, versions, "talkdesk-auth", warm_up=4, least=0.84)


def java_version():
    words = subprocess.run(["java", "-version"], check=True, capture_output=True, text=True).stderr
    return re.search(r'version "([^"]+)"', words)[1]


def java_with(jar):
    """Compiles the programs. Returns their folder, the jars that our package needs, and those of the peers."""
    sources = sorted((HERE / "java").glob("*.java"))
    poms = [HERE / "java" / "pom.xml", ROOT / "bindings" / "java" / "pom.xml"]
    folder = TARGET / "java"
    if once(folder, jar, *sources, *poms):
        maven = [
            "mvn",
            "--quiet",
            "--batch-mode",
            "-Dstyle.color=never",
            f"-Dmaven.repo.local={ROOT / 'target' / 'java' / 'repository'}",
        ]
        goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath"
        for number, pom in enumerate(poms):
            words = [*maven, "-f", pom, goal, "-DincludeScope=runtime", f"-Dmdep.outputFile={folder / str(number)}"]
            subprocess.run(words, check=True)
        libraries = [jar, *((folder / str(number)).read_text().strip() for number in range(len(poms)))]
        words = ["javac", "-XDstringConcat=inline", "-cp", ":".join(map(str, libraries)), "-d", folder / "classes", *sources]
        subprocess.run(words, check=True)
        made(folder, jar, *sources, *poms)
    peers, jna = ((folder / str(number)).read_text().strip().split(":") for number in range(2))
    return folder, jna, peers


def machine():
    models = re.findall(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores"


LANGUAGES = {"python": python, "ruby": ruby, "node": node, "java": java}
