/** Sheaf's mark. */
export function Brand({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="7" fill="#0b6e5f" />
      <path
        d="M16 26V13M16 15c-4 0-6-3-6-8 4 0 6 3 6 8Zm0 0c4 0 6-3 6-8-4 0-6 3-6 8Zm0 8c-4 0-7-2-8-7 5-1 8 2 8 7Zm0 0c4 0 7-2 8-7-5-1-8 2-8 7Z"
        fill="none"
        stroke="#fff"
        strokeWidth="1.8"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
