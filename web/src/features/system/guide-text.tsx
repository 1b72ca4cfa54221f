import { Link } from "@tanstack/react-router";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";

import { Sideways } from "@/shared/ui/sideways";

import { guideLink } from "./links";

const LOOK = [
  "max-w-3xl break-words [&>:first-child]:mt-0",
  "[&_h1]:mb-3 [&_h1]:text-lg [&_h1]:font-semibold [&_h2]:mt-6 [&_h2]:mb-2 [&_h2]:text-base [&_h2]:font-semibold [&_h3]:mt-4 [&_h3]:mb-1 [&_h3]:font-semibold",
  "[&_p]:my-2 [&_ul]:my-2 [&_ul]:list-disc [&_ul]:pl-5 [&_ol]:my-2 [&_ol]:list-decimal [&_ol]:pl-5",
  "[&_code]:rounded [&_code]:bg-sunken [&_code]:px-1 [&_code]:font-mono [&_code]:text-xs",
  "[&_pre]:my-3 [&_pre]:overflow-x-auto [&_pre]:rounded-lg [&_pre]:border [&_pre]:bg-sunken [&_pre]:p-3 [&_pre_code]:bg-transparent [&_pre_code]:p-0",
  "[&_th]:border-b [&_th]:px-2 [&_th]:py-1.5 [&_th]:text-left [&_td]:border-b [&_td]:px-2 [&_td]:py-1.5 [&_td]:align-top",
].join(" ");

/** A page of the documentation. */
export default function GuideText({ text, path }: { text: string; path: string }) {
  return (
    <div className={LOOK}>
      <Markdown
        remarkPlugins={[remarkGfm]}
        components={{
          // The page has its own heading.
          h1: ({ children }) => <h2>{children}</h2>,
          table: ({ children }) => (
            <Sideways label="Table" className="my-3">
              <table className="w-full text-sm">{children}</table>
            </Sideways>
          ),
          // What scrolls can be reached by the keyboard.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
          img: () => null,
          a: ({ href = "", children }) => {
            const to = guideLink(href, path);
            if (to === undefined) return <>{children}</>;
            return "page" in to ? (
              <Link to="/system" search={{ tab: "guide", page: to.page }} className="text-accent underline">
                {children}
              </Link>
            ) : (
              <a href={to.out} target="_blank" rel="noreferrer noopener nofollow" className="text-accent underline">
                {children}
              </a>
            );
          },
        }}
      >
        {text}
      </Markdown>
    </div>
  );
}
