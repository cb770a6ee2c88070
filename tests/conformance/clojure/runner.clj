;; Runs the conformance cases through the Clojure package: runner.clj CASES. Prints a line per case; exits with 1 if one failed.
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
  "The options with keywords as names. The names inside claims and params stay text."
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

(def calls
  "The calls that a step can make on an object, with options."
  {"client" (fn [_ given] (talkdesk/client given))
   "assertion" talkdesk/assertion
   "exchange" talkdesk/exchange
   "read" (fn [on _] on)
   "close" (fn [on _] (.close ^java.lang.AutoCloseable on))})

(defn error? [made] (instance? ExceptionInfo made))

(defn parts
  "The functions that read the members of each part; a path begins with a part."
  [made]
  (condp instance? made
    talkdeskauth.Client {"client" #(talkdesk/option made (dashed %))}
    talkdesk_auth.core.Assertion {"assertion" #(seconds ((dashed %) made))
                                  "header" (json/read-str (:header made))
                                  "claims" (json/read-str (:claims made))}
    talkdesk_auth.core.Token {"token" #(token-member made %)
                              "request" (json/read-str (or (talkdesk/member made "request") "{}"))}
    ExceptionInfo {"error" #(error-member made %)}))

(defn found [made [part name & deeper]]
  (get-in (((parts made) part) name) deeper))

(defn answer
  "The value of an earlier object."
  [objects [name & path]]
  (found (objects name) path))

(defn outcome
  "The result of the step's call, or its error."
  [objects {:strs [call on from] :as step}]
  (let [given (merge (step "options") (update-vals from #(answer objects %)))]
    (try
      ((calls call) (objects on) (options given))
      (catch ExceptionInfo e
        (if (:talkdesk-auth/error (ex-data e)) e (throw e))))))

(defn holds? [{:strs [is value]} actual objects [started ended]]
  (case is
    "absent" (nil? actual)
    ("present" "shown") (not (contains? #{nil ""} actual))
    "contains" (and (string? actual) (string/includes? actual value))
    "near_now" (and (int? actual) (<= started (- actual value) ended))
    ("literal" "hidden") (= value actual)
    ("same_as" "other_than") (let [other (answer objects value)]
                               (and (some? actual) (some? other) (= (= actual other) (= is "same_as"))))))

(defn fail [step & complaint]
  (throw (ex-info (apply str "step " (step "step") ": " complaint) {})))

(defn told
  "Returns the part of the line about a check. Fails if the check does not hold."
  [step made objects times {:strs [path is] :as check}]
  (only check #{"path" "is" "value"})
  (let [actual (found made path)]
    (when-not (holds? check actual objects times)
      (fail step (json/write-str check) ", but it is " (pr-str actual)))
    (str (string/join "." path) " " (if (#{"literal" "shown"} is) actual is))))

(defn take-step
  "The objects and the parts of the line after one more step."
  [[objects line] step]
  (only step #{"step" "call" "on" "as" "options" "from" "fails" "checks"})
  (let [started (now)
        made (outcome objects step)
        times [started (now)]]
    (when-not (= (error? made) (step "fails"))
      (fail step (if (error? made) (ex-message made) "no error")))
    (let [objects (cond-> objects (step "as") (assoc (step "as") made))]
      [objects (into line (map #(told step made objects times %)) (step "checks"))])))

(defn line [test]
  (only test #{"name" "steps"})
  (string/join "; " (second (reduce take-step [{} []] (test "steps")))))

(defn run
  "Prints the line about the case, and returns whether the case passed."
  [test]
  (let [told (try (str "ok " (test "name") ": " (line test))
                  (catch Exception e (str "FAILED " (test "name") ": " e)))]
    (println told)
    (string/starts-with? told "ok ")))

(binding [*out* (io/writer System/out :encoding "UTF-8")]
  (let [tests (json/read-str (slurp (first *command-line-args*) :encoding "UTF-8"))
        passed (mapv run tests)]
    (flush)
    (shutdown-agents)
    (System/exit (if (every? true? passed) 0 1))))
