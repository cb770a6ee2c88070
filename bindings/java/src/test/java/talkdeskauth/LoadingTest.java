package talkdeskauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadingTest {
    private static final List<String> ARGUMENTS = Endpoint.arguments(Endpoint.text("token_endpoint"));

    private static final boolean ASKS_FOR_NATIVE_ACCESS = Runtime.version().feature() >= 24;

    @TempDir
    Path folder;

    @Test
    void theLibraryIsUnpackedAndLoadedAndLeavesNothingBehind() throws IOException {
        Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
        assertSigns(new Program(folder).java(List.of("-Djna.tmpdir=" + unpacked), Sign.class, ARGUMENTS));
        try (Stream<Path> left = Files.list(unpacked)) {
            assertEquals(List.of(), left.collect(Collectors.toList()));
        }
    }

    @Test
    void textIsUtf8WhateverTheLocale() {
        assertSigns(new Program(folder).with("LC_ALL", "C").java(List.of("-Dfile.encoding=ISO-8859-1"), Sign.class, ARGUMENTS));
    }

    @Test
    void theLibraryIsFoundOnTheModulePath() throws IOException {
        String jna = Path.of(com.sun.jna.Native.class.getProtectionDomain().getCodeSource().getLocation().getPath()).toString();
        Path source = folder.resolve("Example.java");
        Files.writeString(source, "class Example { public static void main(String[] a) { try (var c = talkdeskauth.Client.builder()"
            + ".tokenEndpoint(a[0]).clientId(a[1]).keyId(a[2]).privateKeyFile(a[3]).build(); var s = c.assertion()) {"
            + "System.out.println(talkdeskauth.Client.class.getModule().getName() + s.jwt().isEmpty()); } } }");
        List<String> command = new ArrayList<>(List.of(Program.JAVA, "--module-path", Program.JAR + ":" + jna,
            "--add-modules", "talkdeskauth,com.sun.jna"));
        if (ASKS_FOR_NATIVE_ACCESS) {
            command.add("--enable-native-access=com.sun.jna");
        }
        command.add(source.toString());
        command.addAll(ARGUMENTS);
        assertEquals("talkdeskauthfalse\n", new Program(folder).run(command));
    }

    @Test
    void theLibraryIsLookedForOnlyInTheJar() throws IOException {
        for (String name : List.of("libtalkdesk_auth.so", "libtalkdesk_auth.so.0", "libtalkdesk_auth.so." + Version.VALUE)) {
            Files.writeString(folder.resolve(name), "no library");
        }
        assertSigns(new Program(folder).with("LD_LIBRARY_PATH", folder.toString())
            .java(List.of("-Djna.library.path=" + folder, "-Djava.library.path=" + folder), Sign.class, ARGUMENTS));
    }

    @Test
    void ifUnpackingFailsTheErrorSaysWhatToDoEachTime() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        String output = new Program(folder).java(List.of("-Djna.tmpdir=" + file.resolve("inside")), Sign.class, ARGUMENTS);
        assertEquals(2, lines(output, "failed talkdeskauth can't load").count(), output);
        assertEquals(2, lines(output, "failed ").filter(line -> line.contains("-Djna.tmpdir=FOLDER")).count(), output);
    }

    @Test
    void ifNativeAccessIsDeniedTheErrorSaysHowToAllowIt() {
        // Older versions of Java can't deny it. There the test makes loading fail in another way, with the same advice.
        String option = ASKS_FOR_NATIVE_ACCESS ? "--illegal-native-access=deny" : "-Djna.tmpdir=/dev/null/inside";
        String output = new Program(folder).java(List.of(option), Sign.class, ARGUMENTS);
        assertEquals(2, lines(output, "failed ").filter(line -> line.contains("--enable-native-access=ALL-UNNAMED")
            && line.contains("--enable-native-access=com.sun.jna on the module path")).count(), output);
    }

    @Test
    void ifUnpackingIsForbiddenTheErrorSaysSo() throws IOException {
        try (InputStream library = com.sun.jna.Native.class.getResourceAsStream(Platform.RESOURCE_PREFIX + "/libjnidispatch.so")) {
            Files.copy(library, folder.resolve("libjnidispatch.so"));
        }
        List<String> options = List.of("-Djna.nounpack=true", "-Djna.boot.library.path=" + folder);
        String output = new Program(folder).java(options, Sign.class, ARGUMENTS);
        assertEquals(2, lines(output, "failed ").filter(line -> line.contains("jna.nounpack forbids")).count(), output);
    }

    @Test
    void onAnotherMachineTheErrorSaysThatTheJarHoldsNoLibraryForIt() {
        String output = new Program(folder).java(List.of("-Dos.arch=riscv64"), Sign.class, ARGUMENTS);
        assertEquals(2, lines(output, "failed this jar of talkdeskauth holds no shared library for linux-riscv64").count(), output);
    }

    @Test
    void aLibraryOfAnotherVersionIsRefused() throws IOException {
        Path resources = folder.resolve("talkdeskauth").resolve(Platform.RESOURCE_PREFIX);
        Files.createDirectories(resources);
        Path source = Files.writeString(folder.resolve("other.c"), "const char *td_version(void) { return \"9.9.9\"; }");
        Path library = resources.resolve("libtalkdesk_auth.so." + Version.VALUE);
        new Program(folder).run(List.of("cc", "-shared", "-fPIC", source.toString(), "-o", library.toString()));
        String output = new Program(folder).java(List.of(), Sign.class, ARGUMENTS, folder);
        assertEquals(2, lines(output, "failed talkdeskauth " + Version.VALUE + " holds a shared library of version 9.9.9").count(), output);
    }

    private static Stream<String> lines(String output, String start) {
        return output.lines().filter(line -> line.startsWith(start));
    }

    private static void assertSigns(String output) {
        assertTrue(output.endsWith("signed true\nsigned true\n"), output);
    }
}
