/** Whether the server can be reached, judged by the requests that are made anyway. */
import { useEffect, useState } from "react";
import { onReach } from "~/api/http";

export function useReachable(): boolean {
  const [reachable, setReachable] = useState(true);
  useEffect(() => onReach(setReachable), []);
  useEffect(() => {
    const handleOffline = () => setReachable(false);
    window.addEventListener("offline", handleOffline);
    return () => window.removeEventListener("offline", handleOffline);
  }, []);
  // While it is away, ask now and then, so that the banner goes by itself.
  useEffect(() => {
    if (reachable) return;
    const timer = setInterval(() => {
      fetch("/healthz").then(
        (answer) => setReachable(answer.ok),
        () => undefined,
      );
    }, 4000);
    return () => clearInterval(timer);
  }, [reachable]);
  return reachable;
}
