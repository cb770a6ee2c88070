package talkdeskauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageTest {
    @TempDir
    Path folder;

    @Test
    void aMavenProjectWithTheJarRunsTheReadmesExample() throws IOException {
        Path source = folder.resolve("src/main/java/GetToken.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, readme("java"));
        Files.writeString(folder.resolve("pom.xml"), "<project><modelVersion>4.0.0</modelVersion><groupId>user</groupId>"
            + "<artifactId>user</artifactId><version>1</version><properties><maven.compiler.source>11</maven.compiler.source>"
            + "<maven.compiler.target>11</maven.compiler.target>"
            + "<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties><dependencies>" + readme("xml")
            + "</dependencies></project>");
        String repository = "-Dmaven.repo.local=" + System.getProperty("repository");
        Files.copy(Program.JAR, folder.resolve(Program.JAR.getFileName()));
        Program program = new Program(folder);
        String install = find("    mvn (\\S+ -Dfile=\\S+)");
        List<String> words = new ArrayList<>(List.of("mvn", "-q", "-B", repository));
        words.addAll(List.of(install.split(" ")));
        program.run(words);
        program.run(List.of("mvn", "-q", "-B", repository, "compile", "dependency:copy-dependencies"));
        for (List<String> grant : List.of(List.of(Endpoint.code(), Endpoint.text("redirect_uri")), List.<String>of())) {
            List<String> command = new ArrayList<>(List.of(Program.JAVA, "-cp", "target/classes:target/dependency/*", "GetToken"));
            command.addAll(Endpoint.arguments(Endpoint.text("token_endpoint")));
            command.addAll(grant);
            assertTrue(Pattern.compile("(?m)^bearer \\S+ Optional\\[.*Z\\] Optional.*$", Pattern.CASE_INSENSITIVE)
                .matcher(program.run(command)).find());
        }
    }

    @Test
    void theReadmesOptionSilencesTheWarningsOfJdk24() {
        List<String> options = Runtime.version().feature() < 24 ? List.of() : List.of("--enable-native-access=ALL-UNNAMED");
        String output = new Program(folder).java(options, Sign.class, Endpoint.arguments(Endpoint.text("token_endpoint")));
        assertEquals("signed true\nsigned true\n", output);
    }

    private static String readme(String language) throws IOException {
        return find("```" + language + "\n(.*?)```");
    }

    private static String find(String part) throws IOException {
        String page = Files.readString(Endpoint.ROOT.resolve("bindings/java/README.md"));
        Matcher matcher = Pattern.compile(part, Pattern.DOTALL).matcher(page);
        assertTrue(matcher.find(), part);
        return matcher.group(1);
    }
}
