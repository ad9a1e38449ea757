/** Markdown as people write instructions. HTML in it is shown as text; links open elsewhere. */
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import css from "./markdown.module.css";

export function Markdown({ text }: { text: string }) {
  return (
    <div className={css.markdown}>
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        components={{
          a: ({ href, children }) => (
            <a href={href} target="_blank" rel="noreferrer noopener">
              {children}
            </a>
          ),
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
