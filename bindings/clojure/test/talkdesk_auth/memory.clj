(ns talkdesk-auth.memory
  "Makes many objects in batches, drops them, and prints by how many bytes the process grew after the first fifth.

      clojure.main -m talkdesk-auth.memory TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE"
  (:require [clojure.string :as string]
            [talkdesk-auth.core :as talkdesk])
  (:import (java.nio.file Files Path)))

(set! *warn-on-reflection* true)

(defn- resident []
  (* 4096 (parse-long (second (string/split (Files/readString (Path/of "/proc/self/statm" (into-array String []))) #" ")))))

(defn- growth [batches make]
  (let [batch #(do
                 (dotimes [_ 250] (make))
                 (System/gc)
                 ;; The cleaner's thread comes after the collector.
                 (Thread/sleep 10))]
    (dotimes [_ (quot batches 5)] (batch))
    (let [before (resident)]
      (dotimes [_ (- batches (quot batches 5))] (batch))
      (- (resident) before))))

(defn- error [client]
  (try
    (talkdesk/assertion client {:nonsense "x"})
    (catch clojure.lang.ExceptionInfo _)))

(defn -main [token-endpoint client-id key-id key-file]
  (let [options {:token-endpoint token-endpoint, :client-id client-id, :key-id key-id, :private-key-file key-file}]
    (with-open [client (talkdesk/client options)]
      (doseq [[kind batches make] [["assertions" 200 #(talkdesk/assertion client)]
                                   ["clients" 20 #(talkdesk/client options)]
                                   ["errors" 100 #(error client)]]]
        (println kind (growth batches make))))))
