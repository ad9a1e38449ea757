/**
 * Shows the lines of a list that are in view, however long the list is.
 * The lines sit in a layer that sticks to the viewport, so that the scroll bar and the rows
 * may disagree for a moment without anything jumping. The arithmetic is in scroll.ts.
 */
import {
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type HTMLAttributes,
  type ReactNode,
  type Ref,
} from "react";
import {
  domHeight,
  isStuck,
  jump,
  linesInView,
  reveal,
  scrolled,
  settle,
  type ScrollPlace,
} from "./scroll";
import css from "./grid.module.css";

export type VirtualRowsHandle = {
  /** Scrolls so that a line is wholly in view. */
  reveal: (line: number) => void;
  /** Puts a line at the top. */
  toLine: (line: number) => void;
  focus: () => void;
};

export function VirtualRows({
  lines,
  lineHeight,
  over = 2,
  header,
  headerHeight = 0,
  contentWidth,
  active,
  handle,
  onWindow,
  onWidth,
  renderLine,
  ...rest
}: {
  lines: number;
  lineHeight: number;
  over?: number;
  header?: ReactNode;
  headerHeight?: number;
  /** Wider than the viewport: it scrolls sideways. */
  contentWidth?: number;
  /** The element with the cursor, named to screen readers while it is drawn. */
  active?: { line: number; id: string } | undefined;
  handle?: Ref<VirtualRowsHandle>;
  /** Lines in view, without the extra ones. */
  onWindow: (first: number, end: number) => void;
  onWidth?: (width: number) => void;
  renderLine: (line: number) => ReactNode;
} & Omit<HTMLAttributes<HTMLDivElement>, "onScroll">) {
  const box = useRef<HTMLDivElement>(null);
  const place = useRef<ScrollPlace>({ virtualTop: 0, domTop: 0 });
  const [virtualTop, setVirtualTop] = useState(0);
  const [height, setHeight] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const width = useRef(onWidth);
  const report = useRef(onWindow);
  useEffect(() => {
    width.current = onWidth;
    report.current = onWindow;
  });

  const viewport = Math.max(0, height - headerHeight);
  const extent = { virtualHeight: lines * lineHeight, viewport };

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => {
      setHeight(element.clientHeight);
      width.current?.(element.clientWidth);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const show = (next: ScrollPlace) => {
    place.current = next;
    setVirtualTop(next.virtualTop);
    const element = box.current;
    if (element !== null && Math.abs(element.scrollTop - next.domTop) >= 1) {
      element.scrollTop = next.domTop;
      place.current = { ...next, domTop: element.scrollTop };
    }
  };
  const latest = useRef(() => {});
  const handleScroll = () => {
    const element = box.current;
    if (element === null || Math.abs(element.scrollTop - place.current.domTop) < 0.5) return;
    const next = scrolled(extent, place.current, element.scrollTop);
    if (isStuck(extent, next)) show(settle(extent, next));
    else {
      place.current = next;
      setVirtualTop(next.virtualTop);
    }
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      // The bar may have moved since without its event having come yet: that move goes first.
      if (Math.abs(element.scrollTop - place.current.domTop) >= 0.5) latest.current();
      else show(settle(extent, place.current));
    }, 250);
  };
  useEffect(() => {
    latest.current = handleScroll;
  });
  useEffect(() => () => void (timer.current !== null && clearTimeout(timer.current)), []);

  useImperativeHandle(handle, () => ({
    reveal: (line) => {
      const top = reveal(extent, place.current.virtualTop, line, lineHeight);
      if (top !== place.current.virtualTop) show(jump(extent, top));
    },
    toLine: (line) => show(jump(extent, line * lineHeight)),
    focus: () => box.current?.focus({ preventScroll: true }),
  }));

  // Fewer lines than before: the place may be past the end.
  const top = Math.min(virtualTop, Math.max(0, extent.virtualHeight - viewport));
  const inView = linesInView(extent, top, lineHeight, lines, 0);
  const drawn = linesInView(extent, top, lineHeight, lines, over);
  useEffect(() => {
    if (viewport > 0) report.current(inView.first, inView.end);
  }, [inView.first, inView.end, viewport, lines, lineHeight]);

  const isDrawn = active !== undefined && active.line >= drawn.first && active.line < drawn.end;
  const shown: ReactNode[] = [];
  for (let line = drawn.first; line < drawn.end; line += 1) {
    shown.push(
      <div
        key={line}
        role="presentation"
        className={css.line}
        style={{
          height: lineHeight,
          transform: `translateY(${line * lineHeight - top + headerHeight}px)`,
        }}
      >
        {renderLine(line)}
      </div>,
    );
  }
  return (
    <div
      {...rest}
      ref={box}
      className={css.scroller}
      aria-activedescendant={isDrawn ? active?.id : undefined}
      onScroll={handleScroll}
    >
      <div
        role="presentation"
        style={{
          height: Math.max(domHeight(extent) + headerHeight, height),
          minWidth: contentWidth,
        }}
      >
        <div role="presentation" className={css.layer} style={{ height, minWidth: contentWidth }}>
          {shown}
          {header !== undefined && (
            <div role="presentation" className={css.head} style={{ height: headerHeight }}>
              {header}
            </div>
          )}
        </div>
      </div>
    </div>
  );
}
