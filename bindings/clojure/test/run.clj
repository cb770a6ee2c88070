;; Tests the two built jars and the README's example. `make test` calls it.
(require '[clojure.java.io :as io]
         '[clojure.java.shell :as shell]
         '[clojure.string :as string])

(load-file "test/class_path.clj")

(defn holds [what {:keys [exit out err]} expected?]
  (let [holds? (and (zero? exit) (expected? out err))]
    (when-not holds?
      (println "FAILED:" what)
      (println out err))
    holds?))

(defn readme [language]
  (string/join "\n" (map second (re-seq (re-pattern (str "(?s)```" language "\n(.*?)```")) (slurp "README.md")))))

(defn tests
  "Runs the tests on the built jars, never on the sources; how many of their assertions passed and failed."
  [java]
  (let [run (shell/sh java (str "-Droot=" root) "-cp" (class-path built [:test]) "clojure.main" "-e"
                      "(require 'clojure.test 'talkdesk-auth.core-test)
                       (let [{:keys [pass fail error]} (clojure.test/run-tests 'talkdesk-auth.core-test)]
                         (shutdown-agents)
                         (println \"counted\" pass (+ fail error)))")
        [_ passed failed] (re-find #"(?m)^counted (\d+) (\d+)$" (:out run))]
    (println (:out run) (:err run))
    (if (and (zero? (:exit run)) passed (not= "0" passed)) [(parse-long passed) (parse-long failed)] [0 1])))

(defn compiles-without-warnings []
  (let [project (update (read-string (slurp "deps.edn")) :deps merge (select-keys jars ['libtalkdesk-auth/talkdesk-auth]))]
    (holds "compile without a warning"
           (shell/sh "java" (str "-Droot=" root) "-cp" (class-path project [:test]) "clojure.main" "-e"
                     "(require 'talkdesk-auth.core 'talkdesk-auth.core-test 'talkdesk-auth.memory 'talkdesk-auth.clients)")
           (fn [_ err] (not (re-find #"(?i)warning" err))))))

(defn with-endpoint
  "Calls the function with the arguments of the examples (token endpoint, client id, key id and key file) and with a function that reads
  another field of the endpoint's first line."
  [function]
  (let [endpoint (.start (ProcessBuilder. [(str (io/file root "target/debug/examples/token-endpoint")) "--until-stdin-closes"]))
        ready (.readLine (io/reader (.getInputStream endpoint)))
        field (fn [text name] (second (re-find (re-pattern (str "\"" name "\":\"([^\"]*)\"")) text)))
        entry (second (re-find #"\"ES256\":\{([^}]*)\}" ready))]
    (try
      (function (cons (field ready "token_endpoint") (map #(field entry %) ["client_id" "key_id" "private_key_file"]))
                (partial field ready))
      (finally
        (.close (.getOutputStream endpoint))))))

(defn example-runs
  "Runs the example with and without a code, in a folder of its own, with the README's deps.edn and only PATH and a fresh HOME."
  [arguments field]
  (let [folder (.toFile (java.nio.file.Files/createTempDirectory "talkdesk-auth" (make-array java.nio.file.attribute.FileAttribute 0)))
        project (-> (readme "edn") read-string
                    (merge (select-keys (read-string (slurp "deps.edn")) [:mvn/repos :mvn/local-repo]) {:paths []}))]
    (try
      (doseq [{jar :local/root} (vals jars)]
        (io/copy (io/file jar) (io/file folder (.getName (io/file jar)))))
      (spit (io/file folder "example.clj") (readme "clojure"))
      (let [moved (update project :deps update-vals
                          #(if-let [jar (:local/root %)] {:local/root (str (io/file folder jar))} %))]
        (every? true?
                (for [grant [["code-1" (field "redirect_uri")] []]]
                  (holds (str "the README's example " grant)
                         (apply shell/sh "java" "-cp" (class-path moved []) "clojure.main" "example.clj"
                                (concat arguments grant [:dir folder :env {"PATH" (System/getenv "PATH"), "HOME" (str folder)}]))
                         (fn [out _] (boolean (re-find #"(?i)^bearer \S+ #?\S+" out)))))))
      (finally
        (run! io/delete-file (reverse (file-seq folder)))))))

(defn leaves-no-memory-behind
  "The whole heap is allocated at the start. The second compiler is off, because its memory use varies.
  The tokens are padded, because 8,000 plain ones would fit into the limit."
  [[token-endpoint & others] _]
  (holds "closed and dropped objects leave no memory behind"
         (apply shell/sh "java" "-Xmx64m" "-Xms64m" "-XX:+AlwaysPreTouch" "-XX:+UseSerialGC" "-XX:TieredStopAtLevel=1"
                "-cp" (class-path built [:test]) "clojure.main" "-m" "talkdesk-auth.memory"
                (string/replace token-endpoint "/oauth" "/with/huge=2048/oauth")
                ;; Each of several arenas of malloc keeps room for tokens that one thread makes and another one frees.
                (concat others [:env {"PATH" (System/getenv "PATH"), "HOME" (System/getenv "HOME"), "MALLOC_ARENA_MAX" "1"}]))
         (fn [out _]
           (let [grown (map (comp parse-long second) (re-seq #"(?m)^\S+ (-?\d+)$" out))]
             (and (= 6 (count grown)) (every? #(< % (bit-shift-left 8 20)) grown))))))

(defn used-clients-cost-no-descriptor [[_ & others] field]
  (holds "2,000 used clients fit into 256 descriptors"
         (apply shell/sh "/bin/sh" "-c" "ulimit -n 256; exec \"$0\" \"$@\""
                "java" "-cp" (class-path built [:test]) "clojure.main" "-m" "talkdesk-auth.clients"
                (concat [(field "token_endpoint_https")] others [(field "ca_file")]))
         ;; The library may renew its connection meanwhile, and the virtual machine opens files of its own.
         (fn [out _] (< (parse-long (string/trim out)) 20))))

(defn a-program-ends-while-calls-are-in-flight [[token-endpoint client-id key-id key-file] _]
  (holds "a program ends while calls are in flight"
         (shell/sh "java" "-cp" (class-path built [:test]) "clojure.main" "-e"
                   (pr-str
                    '(require '[talkdesk-auth.core :as talkdesk])
                    `(let [client# (talkdesk-auth.core/client
                                    {:token-endpoint ~(string/replace token-endpoint "/oauth" "/with/delay_ms=3600000/oauth")
                                     :client-id ~client-id, :key-id ~key-id, :private-key-file ~key-file})]
                       (dotimes [_# 20]
                         (talkdesk-auth.core/exchange-async client# {:grant-type "client_credentials", :timeout 3600}))
                       :left)))
         (fn [out _] (string/ends-with? (string/trim out) ":left"))))

(defn jdks
  "A java command of each version that the tests run on and that is installed."
  []
  (into (sorted-map)
        (for [java (.listFiles (io/file "/usr/lib/jvm"))
              :let [command (io/file java "bin/java")]
              :when (.canExecute command)
              :let [[_ version] (re-find #"version \"(\d+)" (:err (shell/sh (str command) "-version")))]
              :when (contains? #{"17" "25"} version)]
          [version (str command)])))

(let [checks [(compiles-without-warnings) (with-endpoint example-runs) (with-endpoint leaves-no-memory-behind)
              (with-endpoint used-clients-cost-no-descriptor) (with-endpoint a-program-ends-while-calls-are-in-flight)]
      {passed true, failed false} (group-by boolean checks)
      found (jdks)
      counts (doall (for [[version java] found]
                      (do
                        (println (str "\n=== Clojure on Java " version))
                        (tests java))))]
  (println "\nJava:" (string/join ", " (keys found))
           (if-let [absent (seq (remove found ["17" "25"]))] (str "; absent: " (string/join ", " absent)) ""))
  (println (str (+ (count passed) (reduce + (map first counts))) " passed, "
                (+ (count failed) (reduce + (map second counts))) " failed"))
  (shutdown-agents)
  (System/exit (if (and (empty? failed) (seq found) (every? (comp zero? second) counts)) 0 1)))
