// The server's own documentation, of its own version.

import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { lazy, Suspense, useDeferredValue } from "react";

import { useRead } from "@/api/query";
import { Chip } from "@/shared/status";
import { Card } from "@/shared/ui/card";
import { Empty, Failed, Loading } from "@/shared/ui/states";

import { Finder } from "./finder";

const GuideText = lazy(() => import("./guide-text"));

export function GuideTab({ words, page, onWords }: { words: string; page: string | undefined; onWords: (next: string) => void }) {
  return page === undefined ? <GuideList words={words} onWords={onWords} /> : <GuidePage id={page} />;
}

function GuideList({ words, onWords }: { words: string; onWords: (next: string) => void }) {
  const looked = useDeferredValue(words).trim();
  const read = useRead("docs.list", { limit: 100, ...(looked === "" ? {} : { search: looked }) }, { keep: true });
  const docs = read.data?.docs;
  return (
    <Card title="Documentation of this version" flush aside={<Finder label="Find a page" words={words} onWords={onWords} />}>
      {docs === undefined ? (
        <div className="p-4">{read.isError ? <Failed error={read.error} onRetry={() => void read.refetch()} /> : <Loading />}</div>
      ) : docs.length === 0 ? (
        <Empty title="No page has all of these words" />
      ) : (
        <ul className="divide-y">
          {docs.map(({ id, title, description, category }) => (
            <li key={id}>
              <Link to="/system" search={{ tab: "guide", page: id }} className="flex items-start gap-3 px-4 py-2.5 hover:bg-sunken/60">
                <span className="min-w-0 flex-1">
                  <span className="block font-medium">{title}</span>
                  <span className="line-clamp-2 text-soft">{description}</span>
                </span>
                <Chip>{category}</Chip>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function GuidePage({ id }: { id: string }) {
  const read = useRead("docs.get", { id });
  return (
    <Card
      title={
        <Link to="/system" search={{ tab: "guide" }} className="inline-flex items-center gap-1.5 text-soft hover:text-ink [&_svg]:size-4">
          <ArrowLeft aria-hidden />
          All pages
        </Link>
      }
    >
      {read.data === undefined ? (
        read.isError ? <Failed error={read.error} onRetry={() => void read.refetch()} /> : <Loading />
      ) : (
        <Suspense fallback={<Loading />}>
          <GuideText text={read.data.content} path={read.data.path} />
        </Suspense>
      )}
    </Card>
  );
}
