package talkdeskauth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs programs in a folder of their own, with only PATH and a fresh HOME in the environment. */
final class Program {
    static final Path JAR = Endpoint.ROOT.resolve("dist/talkdesk-auth-" + System.getProperty("version") + ".jar");
    static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Path folder;
    private final List<String> environment = new ArrayList<>();

    Program(Path folder) {
        this.folder = folder;
    }

    Program with(String name, String value) {
        environment.add(name + "=" + value);
        return this;
    }

    /** Runs the command; its output and error output. */
    String run(List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
            String path = System.getenv("PATH");
            builder.environment().clear();
            builder.environment().put("PATH", path);
            builder.environment().put("HOME", folder.toString());
            environment.forEach(entry -> builder.environment().put(entry.split("=", 2)[0], entry.split("=", 2)[1]));
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new AssertionError(command + " ends with " + status + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** As {@link #java}, in a process that may have so many descriptors. */
    String javaWithDescriptors(int most, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -n " + most + "; exec \"$0\" \"$@\""));
        command.addAll(command(List.of(), main, arguments));
        return run(command);
    }

    /** Runs a class of the tests with the built jar. The entries of {@code first} come first on the class path. */
    String java(List<String> options, Class<?> main, List<String> arguments, Path... first) {
        return run(command(options, main, arguments, first));
    }

    private static List<String> command(List<String> options, Class<?> main, List<String> arguments, Path... first) {
        Stream<Path> dependencies = Arrays.stream(System.getProperty("java.class.path").split(":"))
            .filter(entry -> !entry.endsWith("build/classes")).map(Path::of);
        String classPath = Stream.concat(Stream.concat(Arrays.stream(first), Stream.of(JAR)), dependencies)
            .map(Path::toString).collect(Collectors.joining(":"));
        List<String> command = new ArrayList<>(List.of(JAVA, "-cp", classPath));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }
}
