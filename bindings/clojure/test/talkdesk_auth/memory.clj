(ns talkdesk-auth.memory
  "Makes many objects in batches, first closed, then dropped. Prints by how many bytes the process grew after the first fifth.

      clojure.main -m talkdesk-auth.memory TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE"
  (:require [clojure.string :as string]
            [talkdesk-auth.core :as talkdesk])
  (:import (java.lang.reflect Method)
           (java.nio.file Files Path)))

(set! *warn-on-reflection* true)

(def ^:private batch 1000)

(defn- resident []
  (* 4096 (parse-long (second (string/split (Files/readString (Path/of "/proc/self/statm" (into-array String []))) #" ")))))

(defn- method ^Method [class-name method-name]
  (doto (.getDeclaredMethod (Class/forName class-name) method-name (make-array Class 0))
    (.setAccessible true)))

(def ^:private none (object-array 0))
(def ^:private ^Method handle-of (method "talkdeskauth.Closable" "handle"))
(def ^:private ^Method freed? (method "talkdeskauth.Handle" "isFreed"))

(defn- made
  "Makes a batch of objects, of which none stays reachable; their handles. If `make` returns nil, there is no handle to wait for."
  [make close]
  (into []
        (comp (keep (fn [_] (make)))
              (map (fn [object]
                     (let [handle (.invoke handle-of (or (:object object) object) none)]
                       (when close (close object))
                       handle))))
        (range batch)))

(defn- growth [batches make close]
  (let [turn #(let [handles (made make close)
                    deadline (+ (System/nanoTime) 60000000000)]
                (System/gc)
                ;; The cleaner's thread runs after the collector; on a busy machine, long after it.
                (doseq [handle handles]
                  (while (not (.invoke freed? handle none))
                    (when (> (System/nanoTime) deadline)
                      (throw (IllegalStateException. "dropped and collected, but not freed")))
                    (Thread/sleep 1))))]
    (dotimes [_ (quot batches 5)] (turn))
    (let [before (resident)]
      (dotimes [_ (- batches (quot batches 5))] (turn))
      (- (resident) before))))

(defn- failed [client]
  (try
    (talkdesk/assertion client {:nonsense "x"})
    (catch clojure.lang.ExceptionInfo _)))

(defn -main [token-endpoint client-id key-id key-file]
  (let [options {:token-endpoint token-endpoint, :client-id client-id, :key-id key-id, :private-key-file key-file}
        close #(.close ^java.lang.AutoCloseable %)]
    (with-open [client (talkdesk/client options)]
      (doseq [[kind batches make close]
              [["clients-closed" 100 #(talkdesk/client options) close]
               ["clients-dropped" 100 #(talkdesk/client options) nil]
               ;; Assertions are plain maps; no object of the library is behind them.
               ["assertions" 100 #(do (talkdesk/assertion client) nil) nil]
               ["errors" 100 #(failed client) nil]
               ["tokens-closed" 10 #(talkdesk/exchange client {:grant-type "client_credentials"}) close]
               ["tokens-dropped" 10 #(talkdesk/exchange client {:grant-type "client_credentials"}) nil]]]
        (println kind (growth batches make close))))))
