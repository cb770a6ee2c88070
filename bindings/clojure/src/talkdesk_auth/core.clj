(ns talkdesk-auth.core
  "A Talkdesk client key in, access tokens out: maps in, maps out.

  A failure is an `ex-info` whose data has the error's name under :talkdesk-auth/error. Options are documented in
  `talkdesk-auth.options`; nil is as if it were not given."
  (:require [clojure.pprint :as pprint]
            [clojure.string :as string]
            [talkdesk-auth.options :as options])
  (:import (java.util Optional OptionalLong)
           (java.util.concurrent CompletableFuture)
           (java.util.function BiConsumer)
           (talkdeskauth AssertionOptions Client ClientBuilder ExchangeParameters TalkdeskAuthException)))

(set! *warn-on-reflection* true)

(defn- dashed [^String name]
  (keyword (string/replace name "_" "-")))

(defn- underscored ^String [option]
  (if (keyword? option)
    (string/replace (name option) "-" "_")
    option))

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

(defn- spread
  "Names and values as the library knows them: a map under a family's keyword becomes its members."
  [settings]
  (mapcat (fn [[option value]]
            (if-let [prefix (options/families option)]
              (for [[member text] value]
                [(str prefix (if (keyword? member) (subs (str member) 1) member)) text])
              [[(underscored option) (if (keyword? value) (underscored value) value)]]))
          settings))

(defmacro ^:private fill
  "The builder with these settings."
  [builder settings]
  `(let [builder# ~builder]
     (doseq [[option# value#] (spread ~settings)]
       (.set builder# option# value#))
     builder#))

(defrecord Assertion [jwt jti aud iat exp header claims])

(defrecord Token [access-token token-type expires-at scope refresh-token id-token json ^talkdeskauth.Token object]
  java.lang.AutoCloseable
  (close [_] (.close object)))

;; Both are secrets: only their kind is printed.
(doseq [kind [Assertion Token]]
  (let [shown (str "#<" (.getSimpleName ^Class kind) ">")]
    (defmethod print-method kind [_ ^java.io.Writer writer] (.write writer shown))
    (defmethod print-dup kind [_ _] (throw (UnsupportedOperationException. (str shown " is a secret"))))
    (.addMethod ^clojure.lang.MultiFn pprint/simple-dispatch kind (fn [_] (print shown)))))

(defn- token [^talkdeskauth.Token object]
  (map->Token {:access-token (.accessToken object)
               :token-type (.tokenType object)
               :expires-at (optional (.expiresAt object))
               :scope (optional (.scope object))
               :refresh-token (optional (.refreshToken object))
               :id-token (optional (.idToken object))
               :json (.json object)
               :object object}))

(defn client
  "Makes a client of a map of `talkdesk-auth.options/client`. Everything is checked here, the key above all; nothing is sent.

  Keep it: it holds the parsed key, connections and the trust store, and serves any number of threads. Close it, by `with-open`."
  ^Client [options]
  (translating
    (let [^ClientBuilder builder (fill (Client/builder) options)]
      (.build builder))))

(defn option
  "The text of a client's option, for example :token-endpoint: given, resolved or by default; nil where it is secret or unset."
  [^Client client option]
  (translating (optional (.get client (underscored option)))))

(defn assertion
  "Signs a fresh assertion, for a program that sends the token request itself; `exchange` needs none.

  Options are those of `talkdesk-auth.options/assertion`. Gives a map with :jwt, :jti, :aud, :iat, :exp (instants), and the JSON of
  the :header and the :claims. It prints as nothing but its kind."
  ([client]
   (assertion client {}))
  ([^Client client options]
   (translating
     (with-open [made (.assertion client ^AssertionOptions (fill (AssertionOptions.) options))]
       (->Assertion (.jwt made) (.jti made) (.aud made) (.iat made) (.exp made) (.header made) (.claims made))))))

(defn exchange
  "Exchanges a grant for a token, authenticated by a fresh assertion (RFC 7523 §2.2).

  Parameters are those of `talkdesk-auth.options/exchange`. Gives a map with :access-token, :token-type, :expires-at (an instant),
  :scope, :refresh-token, :id-token, each nil where the server said nothing, and :json, the whole response; see `member` and
  `seconds-left`. It prints as nothing but its kind. Close it, by `with-open`, to free what the two look at.

  Blocks this thread until the answer is there or the deadline has come; nothing ends it sooner."
  ^Token [^Client client parameters]
  (translating
    (token (.exchange client ^ExchangeParameters (fill (ExchangeParameters.) parameters)))))

(defn exchange-async
  "`exchange` on a thread of the library's own. Gives a `CompletableFuture`, for `deref`.

  Cancelling it ends the wait, not the call: what it still brings is freed, and a code or refresh token is spent."
  ^CompletableFuture [^Client client parameters]
  (let [result (CompletableFuture.)
        ^CompletableFuture call (translating (.exchangeAsync client (fill (ExchangeParameters.) parameters)))]
    (.whenComplete call
                   (reify BiConsumer
                     (accept [_ object failure]
                       (cond
                         (instance? TalkdeskAuthException failure) (.completeExceptionally result (error failure))
                         failure (.completeExceptionally result failure)
                         (not (.complete result (token object))) (.close ^talkdeskauth.Token object)))))
    result))

(defn member
  "Any member of the response: a string as it is, anything else as JSON, nil where it is absent or null."
  [^Token token name]
  (translating (optional (.get ^talkdeskauth.Token (:object token) (underscored name)))))

(defn seconds-left
  "Whole seconds until the access token expires, 0 once it has; nil where the server did not say.

  Counts while the machine is suspended, and does not care when somebody sets the clock."
  [^Token token]
  (known (.secondsLeft ^talkdeskauth.Token (:object token))))
