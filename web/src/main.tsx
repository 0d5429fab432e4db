// Starts the console.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import "antd/dist/reset.css";
import { createRoot } from "react-dom/client";
import { asProblem } from "./api/problems";
import { LookProvider } from "./app/look";
import { router } from "./app/router";
import "./ui/page.css";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What was refused is refused again; what nobody answered may be answered next time.
      retry: (failures, error) => failures < 2 && asProblem(error).isGone,
    },
  },
});

// Answers carry words of the server; in another language they are asked for anew.
const onLang = () => void client.invalidateQueries();

createRoot(document.getElementById("root")!).render(
  <QueryClientProvider client={client}>
    <LookProvider onLang={onLang}>
      <RouterProvider router={router} />
    </LookProvider>
  </QueryClientProvider>,
);
