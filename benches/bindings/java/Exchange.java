import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;

/** Makes exchanges with one library. {@code exchanges.py} explains the arguments. */
public final class Exchange {
    private Exchange() {
    }

    /** What a contender does. */
    interface Calls {
        void sign() throws Exception;

        void exchange() throws Exception;
    }

    private static Calls contender(String name, Request request, String caFile) throws Exception {
        switch (name) {
            case "talkdesk-auth":
                return new TalkdeskAuthExchange(request, caFile);
            case "HttpClient":
                return new HttpClientExchange(request, caFile);
            default:
                throw new IllegalArgumentException(name);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Request request = new Request(arguments[1], arguments[3], arguments[4], Files.readString(Path.of(arguments[5])), "ES256");
        Calls calls = contender(arguments[0], request, arguments[2]);
        Scanner lines = new Scanner(System.in);
        while (lines.hasNext()) {
            boolean signs = lines.next().equals("sign");
            for (int left = lines.nextInt(); left > 0; left--) {
                if (signs) {
                    calls.sign();
                } else {
                    calls.exchange();
                }
            }
            System.out.println("done");
        }
        System.exit(0);
    }
}
