"""A small plugin without which the bare Elasticsearch can make neither users nor API keys.

They are kept in an index whose mapping names parts of analysis that the bare build lacks
("Unknown filter type [pattern_capture] for [email]"). Elastic publishes the module that has them
nowhere by itself, so the three parts are compiled here from Lucene, which the build does have.
"""

import os
import subprocess
import zipfile
from pathlib import Path

from tests.servers.downloads import maven

__all__ = ["SOURCE", "add_email_analysis"]

SOURCE = Path(__file__).with_name("EmailAnalysis.java")
COMPILER = "org.eclipse.jdt:ecj:3.38.0"  # Debian's headless Java has none
DESCRIPTOR = """
name=email-analysis
description=Parts of analysis that the index of users names
version={version}
elasticsearch.version={version}
java.version=17
classname=EmailAnalysis
"""


def add_email_analysis(home: Path, version: str, java: Path) -> None:
    """Compile the plugin and put it among the modules of the Elasticsearch in ``home``."""
    module = home / "modules" / "email-analysis"
    module.mkdir(mode=0o755)
    work = home / "compiler"
    maven(
        "A Java compiler", "dependency:copy", f"-Dartifact={COMPILER}", f"-DoutputDirectory={work}"
    )
    jars = os.pathsep.join(str(jar) for jar in (home / "lib").glob("*.jar"))
    done = subprocess.run(
        [java / "bin" / "java", "-cp", next(work.glob("*.jar")),
         "org.eclipse.jdt.internal.compiler.batch.Main", "-17", "-nowarn", "-proc:none",
         "-cp", jars, "-d", work / "classes", SOURCE],
        check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(module / "email-analysis.jar", "w") as jar:
        for path in (work / "classes").glob("*.class"):
            jar.write(path, path.name)
    (module / "plugin-descriptor.properties").write_text(
        DESCRIPTOR.format(version=version).lstrip(), encoding="ascii"
    )
    for path in module.iterdir():
        path.chmod(0o644)
