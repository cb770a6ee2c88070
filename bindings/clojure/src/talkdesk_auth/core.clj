(ns talkdesk-auth.core
  "Turns a Talkdesk client key into access tokens. Options and results are maps.

  A failure is an `ex-info` whose data has the error's name under :talkdesk-auth/error. `talkdesk-auth.options` documents the
  options; their names are those of the library, with dashes instead of underscores. A value is text or a
  keyword; a time may be a number or `Duration`, and a path a `File` or `Path`. nil means not given."
  (:require [clojure.pprint :as pprint]
            [clojure.string :as string]
            [talkdesk-auth.options :as options])
  (:import (java.util Map Optional OptionalLong)
           (java.util.concurrent CancellationException CompletableFuture)
           (java.util.function BiConsumer)
           (talkdeskauth AssertionOptions Client ClientBuilder ExchangeParameters InvalidOptionException TalkdeskAuthException)))

(set! *warn-on-reflection* true)

(defn- dashed [^String name]
  (keyword (string/replace name "_" "-")))

(defn- refused
  "The `ex-info` of an invalid option. The name of a claim or field, after the dot, may be a secret in the wrong place; so it is
  not shown, as in the library's messages."
  [^String option complaint]
  (let [shown (string/replace option #"(?s)[.].*" ".NAME")]
    (ex-info (str shown ": " complaint)
             {:talkdesk-auth/error :invalid-option, :code InvalidOptionException/CODE, :retryable false, :option shown})))

(defn- plain
  "A keyword as its text without the colon, a ratio as a double, which Java knows, and anything else as it is; also inside collections."
  [value]
  (cond
    (keyword? value) (subs (str value) 1)
    (ratio? value) (double value)
    (map? value) (into {} (map (fn [[k v]] [(plain k) (plain v)])) value)
    (coll? value) (mapv plain value)
    :else value))

(defn- named
  "The text of a name."
  ^String [option]
  (let [text (plain option)]
    (when-not (string? text)
      (throw (refused "options" (str "a name of " (or (class option) "nil") "; give a keyword or text"))))
    text))

(defn- underscored ^String [option]
  (cond-> (named option) (keyword? option) (string/replace "-" "_")))

(defn- grant-type
  "`client_credentials` for :client-credentials, and any other value as it is."
  [value]
  (if (keyword? value) (underscored value) value))

(defn- optional [^Optional value]
  (.orElse value nil))

(defn- known [^OptionalLong value]
  (when (.isPresent value)
    (.getAsLong value)))

(defn- error-data [^TalkdeskAuthException e]
  (into {:talkdesk-auth/error (dashed (.name e)), :code (.code e), :retryable (.retryable e)}
        (for [[field read-text] options/error-fields
              :let [text (optional (.get e field))]
              :when text]
          [(dashed field) (read-text text)])))

(defn- error [^TalkdeskAuthException e]
  (ex-info (.getMessage e) (error-data e) e))

(defmacro ^:private translating [& body]
  `(try
     ~@body
     (catch TalkdeskAuthException e#
       (throw (error e#)))))

(defn- members
  "The value, which must be nil or a map of names and values."
  [option value]
  (if (or (nil? value) (instance? Map value))
    value
    (throw (refused option "not a map of names and values; give one"))))

(defn- spread
  "Names and values as the library takes them: each member of a family's map becomes an option."
  [settings]
  (mapcat (fn [[option value]]
            (if-let [prefix (options/families option)]
              (for [[member text] (members (name option) value)]
                [(str prefix (named member)) (plain text)])
              [[(underscored option) (if (= :grant-type option) (grant-type value) (plain value))]]))
          (members "options" settings)))

(defn- once
  "A map of the names and values that are given. A name that occurs twice is refused, as in the library; a builder would take the
  last."
  [pairs]
  (reduce (fn [given [option value]]
            (when (contains? given option)
              (throw (refused option "given twice; give it once")))
            (assoc given option value))
          {}
          (remove (comp nil? second) pairs)))

(def ^:private mark
  "Stands before a name that can't be out of step with its value, so that the library may show it."
  "=")

(defmacro ^:private fill
  "The builder with these settings."
  [builder settings]
  `(let [builder# ~builder]
     (doseq [[option# value#] (once (spread ~settings))]
       (.set builder# (str mark option#) value#))
     builder#))

;; generated: records
(defrecord Assertion [jwt jti aud iat exp header claims])

(defn- assertion-of [^talkdeskauth.Assertion object]
  (->Assertion
   (.jwt object)
   (.jti object)
   (.aud object)
   (.iat object)
   (.exp object)
   (.header object)
   (.claims object)))

(defrecord Token [access-token token-type expires-at scope refresh-token id-token json ^talkdeskauth.Token object]
  java.lang.AutoCloseable
  (close [_] (.close object)))

(defn- token-of [^talkdeskauth.Token object]
  (->Token
   (.accessToken object)
   (.tokenType object)
   (optional (.expiresAt object))
   (optional (.scope object))
   (optional (.refreshToken object))
   (optional (.idToken object))
   (.json object)
   object))

(def ^:private records
  [Assertion Token])
;; end of generated

;; They hold secrets, so they print only their kind.
(doseq [kind records]
  (let [shown (str "#<" (.getSimpleName ^Class kind) ">")]
    (defmethod print-method kind [_ ^java.io.Writer writer] (.write writer shown))
    (defmethod print-dup kind [_ _] (throw (UnsupportedOperationException. (str shown " is a secret"))))
    (doseq [^clojure.lang.MultiFn dispatch [pprint/simple-dispatch pprint/code-dispatch]]
      (.addMethod dispatch kind (fn [_] (print shown))))))

;; generated: td_client_new
(defn client
  "Makes a client.

  It checks all options, above all the key. It sends nothing and makes no connection. It reads HTTPS_PROXY, ALL_PROXY, NO_PROXY,
  SSL_CERT_FILE and SSL_CERT_DIR from the environment; later calls do not read them. In a set-user-ID program, or in one with file
  capabilities, it ignores them.

  `talkdesk-auth.options/client` lists the options. Close the client with `with-open`.

  A registered client, with its parsed private key and its token endpoint. Make one client and keep it, because it holds connections
  and the trust store. Any number of threads may use it at once."
  ;; end of generated
  ^Client [options]
  (translating
    (let [^ClientBuilder builder (fill (Client/builder) options)]
      (.build builder))))

;; generated: td_assertion_new
(defn assertion
  "Signs a fresh assertion, for a program that sends the token request itself.

  The program puts two fields into its form (RFC 7523 §2.2): `client_assertion_type`, which is
  `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, and `client_assertion`, which is the JWT. `exchange` makes its own
  assertion.

  `talkdesk-auth.options/assertion` lists the options. The function returns a map; `talkdesk-auth.options/assertion-keys` lists its
  keys. The map prints only its kind. But a plain map that is made from it, for example with `dissoc`, prints everything."
  ;; end of generated
  ([client]
   (assertion client {}))
  ([^Client client options]
   (translating
     (with-open [made (.assertion client ^AssertionOptions (fill (AssertionOptions.) options))]
       (assertion-of made)))))

;; generated: td_token_exchange
(defn exchange
  "Exchanges a grant for a token, and authenticates the client with a fresh assertion (RFC 7523 §2.2).

  After :outcome-unknown, a code or a refresh token may be spent. The call blocks this thread until the answer arrives or the
  deadline (:timeout) passes. An interrupt, `future-cancel` for example, cancels the call; the error is then :cancelled if nothing
  was sent, or else :outcome-unknown.

  `talkdesk-auth.options/exchange` lists the parameters. The function returns a map; `talkdesk-auth.options/token-keys` lists its
  keys. Close the map with `with-open`. That frees the object behind it, which `seconds-left` and `member` read. The map prints only
  its kind. But a plain map that is made from it, for example with `dissoc`, prints everything."
  ;; end of generated
  ^Token [^Client client parameters]
  (translating
    (token-of (.exchange client ^ExchangeParameters (fill (ExchangeParameters.) parameters)))))

(defn- translated
  "The failure of a call as Clojure knows it. If the program ended the call, for example by a cancellation,
  the program's exception has this error as its cause."
  [^Throwable failure]
  (cond
    (instance? TalkdeskAuthException failure) (error failure)
    (and (instance? CancellationException failure) (.getCause failure))
    (doto (CancellationException.) (.initCause (translated (.getCause failure))))
    :else failure))

(defn- settle
  "Completes the future with what came of the call."
  [^CompletableFuture result ^talkdeskauth.Token object failure]
  (if failure
    (.completeExceptionally result (translated failure))
    (try
      (when-not (.complete result (token-of object))
        (.close object))
      (catch Throwable e
        (.close object)
        (.completeExceptionally result e)))))

(defn exchange-async
  "Starts an exchange as `exchange` makes it, and returns at once. Gives a `CompletableFuture`, for `deref`, which throws an
  `ExecutionException`: the `ex-info` is its `ex-cause`. The deadline counts from now. Any number of calls may be in flight. The future
  completes on the common pool, so code that hangs on it (`.thenApply`) may block.

  If you cancel the future, by `future-cancel` for example, you cancel the call. The `ex-cause` of the `CancellationException` is then
  the `ex-info`: :cancelled if nothing was sent, or else :outcome-unknown, after which a code or refresh token may be spent. If the
  call had ended before, the future completes with its outcome instead. A `deref` with a timeout and a closing of the client end no
  call."
  ^CompletableFuture [^Client client parameters]
  (let [^CompletableFuture call (translating (.exchangeAsync client (fill (ExchangeParameters.) parameters)))
        result (proxy [CompletableFuture] []
                 (cancel [interrupts]
                   (.cancel call interrupts)
                   (.isCancelled ^CompletableFuture this)))]
    (.whenComplete call (reify BiConsumer (accept [_ object failure] (settle result object failure))))
    ;; By `.orTimeout`, for example. If the call has ended, this does nothing.
    (.whenComplete ^CompletableFuture result (reify BiConsumer (accept [_ _ _] (.cancel call false))))
    result))

;; generated: getters
(defn option
  "The given, resolved or default value of a client option; nil if the option is secret, unset or unknown.

  `algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. A value may change if a later version of
  the library reloads a changed key. `option` is a keyword or text."
  [^Client client option]
  (translating (optional (.get client (underscored option)))))

(defn clock-offset
  "The seconds by which the token endpoint's clock is ahead of this machine's, negative if behind, or 0.

  The library learns them if the server refuses an assertion because of the clock, and accepts one that was signed by its own clock
  (see `clock_correction`). It then signs by that clock. All clients of the endpoint in this process share the value."
  [^Client client]
  (.clockOffset client))

(defn seconds-left
  "The whole seconds until the access token expires, or 0 if it has expired; nil if the server did not say.

  The countdown continues while the machine is suspended. It does not change when somebody sets the clock."
  [^Token token]
  (known (.secondsLeft ^talkdeskauth.Token (:object token))))

(defn member
  "A member of the response: a string as it is, anything else as JSON; nil if it is absent or null, or has a NUL.

  `member` is a keyword or text."
  [^Token token member]
  (translating (optional (.get ^talkdeskauth.Token (:object token) (underscored member)))))
;; end of generated
