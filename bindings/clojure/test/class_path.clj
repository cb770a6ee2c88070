;; The class path of the tests: deps.edn with the two built jars instead of the sources.
(require '[clojure.java.io :as io]
         '[clojure.string :as string]
         '[clojure.tools.deps :as deps])

(def root (.getCanonicalFile (io/file "../..")))
(def version (second (re-find #"(?m)^version = \"(.*)\"" (slurp (io/file root "Cargo.toml")))))
(def jars
  (into {} (for [artifact ["talkdesk-auth" "talkdesk-auth-clojure"]]
             [(symbol "libtalkdesk-auth" artifact) {:local/root (str (io/file root "dist" (str artifact "-" version ".jar")))}])))
(def built
  (-> (slurp "deps.edn") read-string (update :deps merge jars) (assoc :paths [])))

(defn class-path [project aliases]
  (string/join ":" (:classpath-roots (deps/create-basis {:user nil, :project project, :aliases aliases}))))
