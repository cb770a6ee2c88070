(ns talkdesk-auth.core-test
  (:require [clojure.data.json :as json]
            [clojure.java.io :as io]
            [clojure.pprint :as pprint]
            [clojure.string :as string]
            [clojure.test :refer [are deftest is testing use-fixtures]]
            [talkdesk-auth.core :as talkdesk]
            [talkdesk-auth.options :as options])
  (:import (clojure.lang ExceptionInfo)
           (io.jsonwebtoken Claims Jws JwtParserBuilder Jwts)
           (java.net InetAddress ServerSocket)
           (java.security KeyFactory PublicKey)
           (java.security.spec X509EncodedKeySpec)
           (java.time Duration Instant)
           (java.util Base64)
           (java.util.concurrent CancellationException ExecutionException TimeUnit TimeoutException)
           (talkdeskauth OauthException)))

(set! *warn-on-reflection* true)

(def ^:private root (io/file (System/getProperty "root")))
(def ^:dynamic *ready* "The first line of the project's token endpoint: URLs, files and clients." nil)
(def ^:private codes (atom 0))

(defn- with-endpoint [tests]
  (let [command [(str (io/file root "target/debug/examples/token-endpoint")) "--until-stdin-closes"]
        process (.start (ProcessBuilder. ^java.util.List command))]
    (with-open [lines (io/reader (.getInputStream process))
                _ (.getOutputStream process)]
      (binding [*ready* (json/read-str (first (line-seq lines)))]
        (tests)))))

(use-fixtures :once with-endpoint)

(defn- options
  ([] (options "ES256"))
  ([algorithm]
   (let [entry (get-in *ready* ["clients" algorithm])]
     {:token-endpoint (*ready* "token_endpoint")
      :client-id (entry "client_id")
      :key-id (entry "key_id")
      :algorithm algorithm
      :private-key-file (entry "private_key_file")})))

(defn- faulty [faults]
  (assoc (options) :token-endpoint (str (*ready* "http") "/with/" faults "/oauth/token")))

(defmacro ^:private failure
  "The data of the `ex-info` that the body throws."
  [& body]
  `(try
     ~@body
     (is false "nothing is thrown")
     (catch ExceptionInfo e#
       (assoc (ex-data e#) :message (ex-message e#)))))

(def ^:private credentials {:grant-type "client_credentials"})

(defn- code-grant []
  {:grant-type "authorization_code"
   :code (str "code-" (swap! codes inc))
   :redirect-uri (*ready* "redirect_uri")})

(deftest options-are-a-map-with-keywords
  (with-open [client (talkdesk/client (assoc (options) :allow-http true, :timeout (Duration/ofMillis 1500), :connect-timeout 7
                                             :user-agent nil, "assertion_lifetime" 60))]
    (are [option text] (= text (talkdesk/option client option))
      :client-id "client-es256"
      :algorithm "ES256"
      :allow-http "true"
      :timeout "1.5"
      :connect-timeout "7"
      :assertion-lifetime "60"
      :private-key nil
      :region nil)))

(defn- known? [option]
  (not (re-find #"unknown option|^option name number" (:message (failure (talkdesk/client {option "\u0001"}))))))

(deftest every-documented-option-is-known-to-the-library
  (is (not-any? known? [:client-idd :nonsense]))
  (doseq [option (keys options/client)]
    (is (known? option) option)))

(deftest a-number-of-any-kind-is-a-time
  (doseq [timeout [1.5 1.5M 3/2 "1.5"]]
    (with-open [client (talkdesk/client (assoc (options) :timeout timeout))]
      (is (= "1.5" (talkdesk/option client :timeout))))))

(deftest a-name-that-is-given-twice-is-refused
  (with-open [client (talkdesk/client (options))]
    (are [option call] (= [:invalid-option option (str option ": given twice; give it once")]
                          ((juxt :talkdesk-auth/error :option :message) (failure call)))
      "client_id" (talkdesk/client (assoc (options) "client_id" "x"))
      "claim.NAME" (talkdesk/assertion client {:claims {:a "1", "a" "2"}})
      "claim.NAME" (talkdesk/assertion client {:claims {:a "1"}, :claim.a "2"})
      "scope" (talkdesk/exchange client (assoc credentials :scope "a", "scope" "b"))
      "param.NAME" (talkdesk/exchange-async client (assoc credentials :params {:a "1"}, "param.a" "2")))
    (is (= {"a" "1"} (select-keys (json/read-str (:claims (talkdesk/assertion client {:claims {:a "1", "a" nil}}))) ["a"])))))

(deftest jjwt-verifies-every-algorithm
  (is (= 11 (count (*ready* "clients"))))
  ;; jjwt knows the name Ed25519 of RFC 9864 only as EdDSA. A case of tests/cases.json exchanges with it.
  (doseq [[algorithm entry] (dissoc (into {} (*ready* "clients")) "Ed25519")]
    (testing algorithm
      (let [pem (string/replace (slurp (entry "public_key_pem_file")) #"-----.*-----|\s" "")
            family (condp #(string/starts-with? %2 %1) algorithm "ES" "EC", "Ed" "Ed25519", "RSA")
            key (.generatePublic (KeyFactory/getInstance family)
                                 (X509EncodedKeySpec. (.decode (Base64/getDecoder) ^String pem)))]
        (with-open [client (talkdesk/client (options algorithm))]
          (let [assertion (talkdesk/assertion client)
                ^Jws jws (-> (Jwts/parser) (.verifyWith ^PublicKey key) .build (.parseSignedClaims (:jwt assertion)))
                ^Claims claims (.getPayload jws)]
            (is (= algorithm (-> jws .getHeader .getAlgorithm)))
            (is (= (entry "client_id") (.getSubject claims)))
            (is (= (:jti assertion) (.getId claims)))
            (is (= (:exp assertion) (.toInstant (.getExpiration claims))))))))))

(deftest an-assertion-is-a-map
  (with-open [client (talkdesk/client (options))]
    (let [odd "Grüße 世界 🔑"
          tall (apply str (repeat 50000 "ä"))
          {:keys [aud iat exp claims header]}
          (talkdesk/assertion client {:audience "urn:x", :assertion-lifetime 60, :claims {:odd odd, "tall" tall, :a/b "c"}})]
      (is (= "urn:x" aud))
      (is (<= (.getSeconds (Duration/between iat exp)) 65))
      (is (= "ES256" (get (json/read-str header) "alg")))
      (is (= [odd tall "c"] (map (json/read-str claims) ["odd" "tall" "a/b"]))))))

(deftest a-code-gives-a-token-and-its-refresh-token-the-next
  (with-open [client (talkdesk/client (options))
              token (talkdesk/exchange client (code-grant))
              refreshed (talkdesk/exchange client {:grant-type :refresh_token, :refresh-token (:refresh-token token)})]
    (is (= "bearer" (string/lower-case (:token-type token))))
    (is (not= (:access-token token) (:access-token refreshed)))
    (is (instance? Instant (:expires-at token)))
    (is (<= 1 (talkdesk/seconds-left token) 600))
    (is (= "600" (talkdesk/member token :expires-in)))
    (is (nil? (talkdesk/member token :nonsense)))
    (is (= (:access-token token) (get (json/read-str (:json token)) "access_token")))))

(deftest parameters-reach-the-server-unchanged
  (with-open [client (talkdesk/client (faulty "echo=1,omit=expires_in"))
              token (talkdesk/exchange client (assoc credentials :scope "ä b", :params {:tenant-id "ü", "näme" "🔑"}))]
    (is (= ["ä b" "ü" "🔑"] (map (get (json/read-str (talkdesk/member token :request)) "form") ["scope" "tenant-id" "näme"])))
    (is (= "ä b" (:scope token)))
    (is (nil? (:expires-at token)))
    (is (nil? (talkdesk/seconds-left token)))))

(deftest errors-are-data
  (with-open [client (talkdesk/client (faulty "error=invalid_grant,status=429,retry_after=7"))
              plain (talkdesk/client (options))]
    (is (= {:talkdesk-auth/error :oauth-error, :code 8, :retryable true, :error "invalid_grant", :http-status 429, :retry-after 7}
           (dissoc (failure (talkdesk/exchange client credentials)) :message :error-description)))
    (is (= {:talkdesk-auth/error :invalid-option, :code 2, :retryable false, :option "client_idd"}
           (dissoc (failure (talkdesk/client {:client-idd "x"})) :message)))
    (is (= :invalid-key (:talkdesk-auth/error (failure (talkdesk/client (assoc (options) :private-key-file (*ready* "ca_file")))))))
    (is (= :invalid-option (:talkdesk-auth/error (failure (talkdesk/assertion plain {:nonsense "x"})))))
    (are [message call] (= [:invalid-option message] ((juxt :talkdesk-auth/error :message) (failure call)))
      "options: a name of nil; give a keyword or text" (talkdesk/assertion plain {nil "x"})
      "private_key: a NUL inside the value; remove it" (talkdesk/client {:private-key "a\u0000b"})
      "claim.NAME: a NUL inside the name; remove it" (talkdesk/assertion plain {:claims {"a\u0000b" "c"}})
      "an option: a NUL inside the name; remove it" (talkdesk/option plain "client_id\u0000"))
    (try
      (talkdesk/exchange client credentials)
      (catch ExceptionInfo e
        (is (instance? OauthException (ex-cause e)))))))

(deftest invalid-options-are-refused-by-name
  (with-open [client (talkdesk/client (options))]
    (are [option call] (= [:invalid-option 2 false option] ((juxt :talkdesk-auth/error :code :retryable :option) (failure call)))
      "claims" (talkdesk/assertion client {:claims "xy"})
      "claims" (talkdesk/assertion client {:claims ["a"]})
      "claims" (talkdesk/exchange client (assoc credentials :claims 5))
      "params" (talkdesk/exchange-async client (assoc credentials :params [["a" "b"]]))
      "claim.NAME" (talkdesk/assertion client {:claims {:a {1 :b}}})
      "claim.NAME" (talkdesk/assertion client {:claims {:a ##NaN}})
      "options" (talkdesk/assertion client {:claims {1 "a"}})
      "scope" (talkdesk/exchange client (assoc credentials :scope ["a" "b c"]))
      "scope" (talkdesk/exchange client (assoc credentials :scope [:a 5]))
      "key_id" (talkdesk/client (assoc (options) :key-id {:a 1}))
      "options" (talkdesk/client (assoc (options) 'client-id "x"))
      "options" (talkdesk/option client nil)
      "options" (talkdesk/option client 'client-id)
      "options" (talkdesk/exchange client [1])
      "options" (talkdesk/client "x"))
    (is (= :invalid-option (:talkdesk-auth/error (failure (talkdesk/client (assoc (options) :a/user-agent "x"))))))
    (is (string? (:jwt (talkdesk/assertion client {:claims nil}))))
    (is (string? (:jwt (talkdesk/assertion client nil))))))

(deftest a-keyword-stands-for-its-text-and-a-file-for-its-path
  (let [file (io/file (:private-key-file (options)))]
    (doseq [path [file (.toPath file)]]
      (with-open [client (talkdesk/client (assoc (options) :client-id :my-client, :assertion-type-header :client-authentication+jwt
                                                 :private-key-file path))]
        (let [{:keys [header claims]} (talkdesk/assertion client {:claims {:tenant-id :a-b/c_d}})]
          (is (= (str file) (talkdesk/option client :private-key-file)))
          (is (= "my-client" (talkdesk/option client :client-id)))
          (is (= "client-authentication+jwt" (get (json/read-str header) "typ")))
          (is (= "a-b/c_d" (get (json/read-str claims) "tenant-id"))))))))

(deftest a-claim-that-is-no-text-stays-what-it-is
  (with-open [client (talkdesk/client (options))]
    (let [claims {"n" 7, "ratio" 0.5, "truth" true, "list" [1 "zwei" nil [false]], "map" {"deep" {"keyword" "a/b"}}, "nbf" 5}
          given (assoc claims "ratio" 1/2 "map" {:deep {:keyword :a/b}})
          read (json/read-str (:claims (talkdesk/assertion client {:claims given})))]
      (is (= claims (select-keys read (keys claims)))))))

(deftest a-scope-may-be-a-list
  (with-open [client (talkdesk/client (options))]
    (doseq [scope [["a:read" "b:write"] [:a:read :b:write] (list "a:read" :b:write)]]
      (with-open [token (talkdesk/exchange client (assoc credentials :scope scope))]
        (is (= "a:read b:write" (:scope token)))))))

(deftest a-choice-may-be-a-keyword
  (with-open [client (talkdesk/client (assoc (options) :algorithm :es256))
              token (talkdesk/exchange client {:grant-type :client-credentials})]
    (is (= "ES256" (talkdesk/option client :algorithm)))
    (is (= "Bearer" (:token-type token)))))

(deftest printing-shows-no-secret
  (with-open [client (talkdesk/client (options))
              token (talkdesk/exchange client credentials)]
    (let [assertion (talkdesk/assertion client)
          printed (str [client token assertion] (pr-str {:a token} assertion) token assertion
                       (with-out-str
                         (doseq [dispatch [pprint/simple-dispatch pprint/code-dispatch]]
                           (pprint/with-pprint-dispatch dispatch
                             (run! pprint/pprint [token assertion [token assertion] {:a token, :b assertion}])))))]
      (doseq [secret [(:access-token token) (:jwt assertion)]]
        (is (not (string/includes? printed secret))))
      (is (thrown? UnsupportedOperationException (binding [*print-dup* true] (pr-str token)))))))

(deftest a-closed-object-refuses-every-use-and-closing-twice-does-nothing
  (let [client (talkdesk/client (options))
        token (talkdesk/exchange client credentials)]
    (dotimes [_ 2]
      (.close client)
      (.close ^talkdesk_auth.core.Token token))
    (is (string? (:access-token token)))
    (are [use] (thrown-with-msg? IllegalStateException #"closed" use)
      (talkdesk/assertion client)
      (talkdesk/option client :client-id)
      (talkdesk/exchange client credentials)
      (talkdesk/exchange-async client credentials)
      (talkdesk/member token :scope)
      (talkdesk/seconds-left token))))

(deftest other-threads-work-while-one-waits
  (with-open [client (talkdesk/client (faulty "delay_ms=3000"))]
    (let [call (future (talkdesk/exchange client credentials))
          counted (count (mapv deref (mapv #(future (inc %)) (range 100))))]
      (is (= 100 counted))
      (is (not (realized? call)))
      (with-open [token ^talkdesk_auth.core.Token @call]
        (is (string? (:access-token token)))))))

(deftest a-future-gives-the-token-or-the-error
  (with-open [client (talkdesk/client (options))
              wrong (talkdesk/client (faulty "error=invalid_grant"))
              token ^talkdesk_auth.core.Token @(talkdesk/exchange-async client credentials)]
    (is (string? (:access-token token)))
    (is (= "invalid_grant" (try
                             @(talkdesk/exchange-async wrong credentials)
                             (catch ExecutionException e
                               (:error (ex-data (ex-cause e)))))))))

(defmacro ^:private taken-by
  "Runs the body; the Java object that the private function was called with."
  [function & body]
  `(let [object# (promise)
         convert# @#'~function]
     (with-redefs [~function (fn [given#] (deliver object# given#) (convert# given#))]
       ~@body
       (deref object# 60000 nil))))

(deftest an-assertion-is-freed-as-soon-as-its-map-is-made
  (with-open [client (talkdesk/client (options))]
    (let [^talkdeskauth.Assertion object (taken-by talkdesk/assertion-of (talkdesk/assertion client))]
      (is (thrown-with-msg? IllegalStateException #"closed" (.jwt object))))))

(deftest an-error-after-a-call-completes-its-future
  (with-open [client (talkdesk/client (options))]
    (with-redefs [talkdesk/token-of (fn [_] (throw (IllegalStateException. "no")))]
      (is (thrown-with-msg? ExecutionException #"no" (deref (talkdesk/exchange-async client credentials)))))))

(deftest two-hundred-calls-at-once-all-end
  (with-open [client (talkdesk/client (faulty "delay_ms=300"))]
    (doseq [call (doall (repeatedly 200 #(talkdesk/exchange-async client credentials)))]
      (with-open [token ^talkdesk_auth.core.Token @call]
        (is (string? (:access-token token)))))))

(deftest calls-go-on-when-their-client-is-closed
  (let [calls (with-open [client (talkdesk/client (faulty "delay_ms=1000"))]
                (doall (repeatedly 20 #(talkdesk/exchange-async client credentials))))]
    (is (not-any? future-done? calls))
    (doseq [call calls]
      (with-open [token ^talkdesk_auth.core.Token @call]
        (is (string? (:access-token token)))))))

(deftest a-deref-with-a-timeout-leaves-the-call
  (with-open [client (talkdesk/client (faulty "delay_ms=1000"))]
    (let [call (talkdesk/exchange-async client credentials)]
      (is (= :waiting (deref call 1 :waiting)))
      (with-open [token ^talkdesk_auth.core.Token @call]
        (is (string? (:access-token token))))
      (is (not (future-cancel call))))))

(defmacro ^:private with-silent
  "A client of a server that never says a word: a TLS handshake with it does not end, so nothing is sent."
  [client & body]
  `(with-open [server# (ServerSocket. 0 50 (InetAddress/getLoopbackAddress))
               ~client (talkdesk/client (assoc (options) :token-endpoint
                                               (str "https://127.0.0.1:" (.getLocalPort server#) "/oauth/token")))]
     ~@body))

(defn- seen
  "How many of these the server has seen."
  [what]
  (get (json/read-str (slurp (str (*ready* "http") "/seen"))) what))

(defn- await-requests
  "Returns when the server has received so many requests in all."
  [total]
  (while (< (seen "requests") total)
    (Thread/sleep 1)))

(defn- cause
  "The error of the `ex-info` behind what a future throws."
  [call]
  (try
    @call
    (catch CancellationException e
      (->> (iterate ex-cause e) (drop-while #(instance? CancellationException %)) first ex-data :talkdesk-auth/error))))

(deftest future-cancel-ends-a-call-and-the-cause-says-whether-the-request-was-sent
  (with-silent early
    (with-open [late (talkdesk/client (faulty "delay_ms=60000"))]
      (let [before (seen "requests")
            unsent (talkdesk/exchange-async early (code-grant))
            sent (talkdesk/exchange-async late (code-grant))]
        (await-requests (inc before))
        (doseq [call [unsent sent]]
          (is (future-cancel call))
          (is (future-cancelled? call)))
        (is (= :cancelled (cause unsent)))
        (is (= :outcome-unknown (cause sent)))))))

(deftest an-interrupt-ends-exchange
  (with-silent early
    (with-open [late (talkdesk/client (faulty "delay_ms=60000"))]
      (doseq [[client error wait] [[early :cancelled #(do % (Thread/sleep 300))]
                                   [late :outcome-unknown await-requests]]]
        (let [before (seen "requests")
              thrown (promise)
              call (future (deliver thrown (failure (talkdesk/exchange client (code-grant)))))]
          (wait (inc before))
          (is (future-cancel call))
          (is (= error (:talkdesk-auth/error @thrown))))))))

(deftest a-future-that-is-given-up-ends-its-call
  (with-silent client
    (let [threads #(filter (fn [^Thread thread] (= "talkdeskauth" (.getName thread))) (keys (Thread/getAllStackTraces)))
          call (.orTimeout (talkdesk/exchange-async client (assoc credentials :timeout 3600, :scope "a")) 100 TimeUnit/MILLISECONDS)]
      (is (instance? TimeoutException (try @call (catch ExecutionException e (ex-cause e)))))
      ;; The thread stays as long as a call is in flight.
      (while (seq (threads))
        (Thread/sleep 10))
      (is (empty? (threads))))))
