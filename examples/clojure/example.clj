;; Signs an assertion, exchanges a code for a token, and refreshes the token, in Clojure.
;;
;;     java -cp talkdesk-auth.jar:talkdesk-auth-clojure.jar:jna.jar:clojure.jar:... clojure.main example.clj \
;;         TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE
(ns example
  (:require [talkdesk-auth.core :as talkdesk])
  (:import (clojure.lang ExceptionInfo)))

(defn sign
  "Signs an assertion, for a program that sends the request itself. The names are those of the vendor's documentation."
  [token-url client-id client-key-id key]
  (let [client (talkdesk/client {:token-endpoint token-url, :client-id client-id, :key-id client-key-id, :private-key key})
        {header :header, payload :claims, token :jwt} (talkdesk/assertion client)]
    (println (format "sign the assertion\n    header  %s\n    claims  %s\n    jwt     %.40s..." header payload token))
    client))

(defn show [step {:keys [token-type access-token scope] :as granted}]
  (println (format "%s\n    %s %s\n    scope   %s\n    expires in %d s"
                   step token-type access-token scope (talkdesk/seconds-left granted))))

(defn main [token-url client-id client-key-id key-file code redirect-uri wrong-key-file]
  (with-open [client (sign token-url client-id client-key-id (slurp key-file))
              granted (talkdesk/exchange client {:grant-type "authorization_code", :code code, :redirect-uri redirect-uri})
              refreshed (talkdesk/exchange client {:grant-type "refresh_token", :refresh-token (:refresh-token granted)})]
    (show "exchange a code" granted)
    (show "refresh" refreshed))

  (with-open [wrong-client (talkdesk/client {:token-endpoint token-url, :client-id client-id, :key-id client-key-id
                                             :private-key-file wrong-key-file})]
    (try
      (talkdesk/exchange wrong-client {:grant-type "client_credentials"})
      (throw (AssertionError. "a wrong key is taken"))
      (catch ExceptionInfo e
        (let [{:keys [code talkdesk-auth/error]} (ex-data e)]
          (println (format "a wrong key: %s (code %d)\n    %s" (name error) code (ex-message e))))))))

(if (= 7 (count *command-line-args*))
  (apply main *command-line-args*)
  (do
    (println "usage: example.clj TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE")
    (System/exit 2)))
