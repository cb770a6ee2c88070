;; Runs the conformance cases through the Clojure package: runner.clj CASES. One line a case; status 1 where one failed.
(require '[clojure.data.json :as json]
         '[clojure.java.io :as io]
         '[clojure.string :as string]
         '[talkdesk-auth.core :as talkdesk])
(import '(clojure.lang ExceptionInfo) '(java.time Instant))

(defn now [] (.getEpochSecond (Instant/now)))

(defn only [object names]
  (when-not (= (set (keys object)) names)
    (throw (ex-info "unknown members" object))))

(defn dashed [name] (keyword (string/replace name "_" "-")))

(defn options
  "Keywords to values; the names of claims and params stay text."
  [given]
  (update-keys given dashed))

(defn seconds [value] (if (instance? Instant value) (.getEpochSecond ^Instant value) value))

(defn token-member [token name]
  (case name
    "seconds_left" (talkdesk/seconds-left token)
    ("access_token" "token_type" "expires_at" "scope" "refresh_token" "id_token" "json") (seconds ((dashed name) token))
    (talkdesk/member token name)))

(defn error-member [e name]
  (case name
    "message" (ex-message e)
    "name" (string/replace (clojure.core/name (:talkdesk-auth/error (ex-data e))) "-" "_")
    ((dashed name) (ex-data e))))

(defn call
  "What answers for the first word of a path."
  [test]
  (try
    (let [client (talkdesk/client (options (test "client")))]
      (case (test "call")
        "client" {"client" #(talkdesk/option client (dashed %))}
        "assertion" (let [assertion (talkdesk/assertion client (options (test "options")))]
                      {"assertion" #(seconds ((dashed %) assertion))
                       "header" (json/read-str (:header assertion))
                       "claims" (json/read-str (:claims assertion))})
        "exchange" (let [token (talkdesk/exchange client (options (test "options")))]
                     {"token" #(token-member token %)
                      "request" (json/read-str (or (talkdesk/member token "request") "{}"))})))
    (catch ExceptionInfo e
      (if (:talkdesk-auth/error (ex-data e))
        {"error" #(error-member e %)}
        (throw e)))))

(defn found [answers [part name & deeper]]
  (get-in ((answers part) name) deeper))

(defn holds? [kind expected actual [started ended]]
  (case kind
    "absent" (nil? actual)
    ("present" "shown") (not (contains? #{nil ""} actual))
    "contains" (and (string? actual) (string/includes? actual expected))
    "near_now" (and (int? actual) (<= started (- actual expected) ended))
    ("literal" "hidden") (= expected actual)))

(defn outcome
  "What the case's line tells of each check; a text where one does not hold."
  [test]
  (only test #{"name" "call" "client" "options" "checks"})
  (let [started (now)
        answers (call test)
        times [started (now)]]
    (reduce (fn [told {:strs [path is value] :as check}]
              (only check #{"path" "is" "value"})
              (if-not (answers (first path))
                (reduced (if-let [error (answers "error")] (error "message") "no error"))
                (let [actual (found answers path)]
                  (if (holds? is value actual times)
                    (conj told (str (string/join "." path) " " (if (#{"literal" "shown"} is) actual is)))
                    (reduced (str (json/write-str check) ", but it is " (pr-str actual)))))))
            [] (test "checks"))))

(defn run
  "Prints the case's line, and gives whether all of it holds."
  [test]
  (let [told (try (outcome test) (catch Exception e (str e)))
        ok? (vector? told)]
    (println (str (if ok? "ok " "FAILED ") (test "name") ": " (if ok? (string/join "; " told) told)))
    ok?))

(binding [*out* (io/writer System/out :encoding "UTF-8")]
  (let [tests (json/read-str (slurp (first *command-line-args*) :encoding "UTF-8"))
        passed (mapv run tests)]
    (flush)
    (shutdown-agents)
    (System/exit (if (every? true? passed) 0 1))))
