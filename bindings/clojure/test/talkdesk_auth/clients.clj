(ns talkdesk-auth.clients
  "Uses 2,000 clients once each and keeps them. Prints how many more descriptors are open after the last one than after the first one.

      clojure.main -m talkdesk-auth.clients TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CA_FILE"
  (:require [talkdesk-auth.core :as talkdesk])
  (:import (java.io File)))

(set! *warn-on-reflection* true)

(defn- descriptors []
  (alength (.list (File. "/proc/self/fd"))))

(defn- exchange [client]
  (.close (talkdesk/exchange client {:grant-type "client_credentials"})))

(defn -main [token-endpoint client-id key-id key-file ca-file]
  (let [options {:token-endpoint token-endpoint, :client-id client-id, :key-id key-id, :private-key-file key-file, :ca-file ca-file}
        used #(doto (talkdesk/client options) exchange)
        first-one (used)
        before (descriptors)
        others (vec (repeatedly 1999 used))]
    (println (- (descriptors) before))
    (run! exchange (cons first-one others))))
