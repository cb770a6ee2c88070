package talkdeskauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("memory")
class MemoryTest {
    private static final long MOST = 8 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"clients", "assertions", "errors", "tokens"})
    void closedAndDroppedObjectsLeaveNoMemoryBehind(String kind, @TempDir Path folder) {
        // The tokens are padded, because 8,000 plain ones would fit into the limit.
        List<String> arguments = new ArrayList<>(Endpoint.arguments(Endpoint.with("huge=2048")));
        arguments.add(kind);
        // The whole heap is allocated at the start. The second compiler is off, because its memory use varies.
        List<String> options = List.of("-Xmx64m", "-Xms64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
        List<String> output = new Program(folder).java(options, Churn.class, arguments).lines().collect(Collectors.toList());
        assertEquals(2, output.size(), output.toString());
        for (String line : output) {
            assertTrue(Long.parseLong(line.split(" ")[1]) < MOST, kind + " " + line);
        }
    }
}
