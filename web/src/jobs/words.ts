// What jobs and their steps are called, wherever a job is shown.
import type { Job } from "@/api/jobs";
import { useWords, words } from "@/ui/words";

const WORDS = words({
  zh: {
    whats: {
      import: "导入文件",
      try_import: "试导入",
      mend: "补回修正的行",
      pull: "从数据源拉取",
      refresh: "刷新画像",
      rebuild: "全部重建",
      samples: "载入示例数据",
      remove_samples: "移除示例数据",
    },
    steps: {
      pull: "从数据源读取",
      rows: "读取",
      samples: "生成示例数据",
      clean: "清洗",
      identity: "识别同一个人",
      timelines: "整理行为时间线",
      portraits: "绘制画像",
      models: "计算模型",
      tags: "计算标签",
      audiences: "更新人群",
    },
    importing: (file: string) => `导入 ${file}`,
  },
  en: {
    whats: {
      import: "Import a file",
      try_import: "Try an import",
      mend: "Bring mended rows back",
      pull: "Pull from a source",
      refresh: "Refresh portraits",
      rebuild: "Rebuild everything",
      samples: "Load sample data",
      remove_samples: "Remove sample data",
    },
    steps: {
      pull: "Reading from the source",
      rows: "Reading",
      samples: "Making sample data",
      clean: "Cleaning",
      identity: "Finding who is the same person",
      timelines: "Drawing timelines",
      portraits: "Drawing portraits",
      models: "Working out models",
      tags: "Working out tags",
      audiences: "Updating audiences",
    },
    importing: (file: string) => `Importing ${file}`,
  },
});

export interface JobNames {
  what: (job: Job) => string;
  /** What the job works on, where it is about a file or a connector. */
  about: (job: Job) => string;
  step: (job: Job) => string;
}

/** Returns what jobs, what they work on and what they are at are called. */
export function useJobNames(): JobNames {
  const t = useWords(WORDS);
  const whats = t.whats as Record<string, string>;
  const steps = t.steps as Record<string, string>;
  return {
    what: (job) => whats[job.what] ?? job.what,
    about: (job) => job.asked.file ?? job.asked.connector ?? "",
    // A step without a name of its own is a file of the sample.
    step: (job) => (job.step ? (steps[job.step] ?? t.importing(job.step)) : ""),
  };
}
