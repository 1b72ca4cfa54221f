import { useSyncExternalStore } from "react";

const phone = matchMedia("(max-width: 767px)");
const wide = matchMedia("(min-width: 1100px)");

const subscribeTo = (query: MediaQueryList) => (listener: () => void) => {
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
};
const toPhone = subscribeTo(phone);
const toWide = subscribeTo(wide);

/** Whether there is no more room than on a phone. */
export const usePhone = (): boolean => useSyncExternalStore(toPhone, () => phone.matches);

/** Whether there is room for something beside the list. */
export const useWide = (): boolean => useSyncExternalStore(toWide, () => wide.matches);
