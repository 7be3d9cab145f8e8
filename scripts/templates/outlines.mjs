import { heading, hint, kindTitle, list, pageBreak, pairs, paragraph, subtitle, title } from './word.mjs';

/** What every report begins with: the list's data, as the notice has it. */
const cover = (kind) => [
  title('{consortium.name}'),
  kindTitle(kind),
  subtitle('（{obligation.year}年）'),
  subtitle('{consortium.province}{consortium.city}'),
  subtitle('{today}'),
  heading('一、基本情况'),
  pairs([
    ['联合体名称', '{consortium.name}'],
    ['联合体编号', '{consortium.code}'],
    ['名单序号', '{consortium.listNumber}'],
    ['名单文号', '{consortium.designationNumber}（{consortium.designatedOn}）'],
    ['状态', '{consortium.statusLabel}'],
    ['依托园区', '{consortium.parks}'],
    ['牵头学校', '{consortium.leadSchools}'],
    ['牵头企业', '{consortium.leadEnterprises}'],
    ['成员单位', '{consortium.members}'],
    ['报送截止', '{obligation.dueOn}'],
  ]),
  paragraph('{board.form}成员：'),
  list(
    'board.members',
    [
      { head: '序号', share: 0.7, text: '{number}' },
      { head: '职务', share: 1.2, text: '{position}' },
      { head: '姓名', share: 1.2, text: '{name}' },
      { head: '代表方', share: 1.2, text: '{constituency}' },
      { head: '单位', share: 3.2, text: '{organization}' },
    ],
    { whenEmpty: ['【请填写职务】', '【姓名】', '【代表方】', '【单位】'] },
  ),
];

const planItems = list(
  'planItems',
  [
    { head: '序号', share: 0.7, text: '{number}' },
    { head: '事项', share: 4, text: '{title}' },
    { head: '完成情况', share: 2, text: '{completion}' },
  ],
  { whenEmpty: ['【请填写事项】', '【请填写完成情况】'] },
);

const indicators = list(
  'indicators',
  [
    { head: '编号', share: 0.9, text: '{code}' },
    { head: '指标', share: 3, text: '{name}' },
    { head: '单位', share: 0.8, text: '{unit}' },
    { head: '计划值', share: 1.1, text: '{planned}' },
    { head: '完成值', share: 1.1, text: '{actual}' },
  ],
  { whenEmpty: ['【请填写指标】', '【单位】', '【计划值】', '【完成值】'] },
);

/** 各牵头单位联合盖章 (notice, paragraph 4). */
const seals = [
  pageBreak(),
  heading('各牵头单位盖章'),
  hint('每个牵头单位在本页对应栏内盖章，盖章后扫描为 PDF，与本 WORD 文档一并报送。'),
  list(
    'leadUnits',
    [
      { head: '牵头单位', share: 2, text: '{name}' },
      { head: '盖章处', share: 2, text: '（盖章处）　　　　　　年　月　日' },
    ],
    { height: 2400 },
  ),
];

export const outlines = {
  ANNUAL_WORK_PLAN: {
    title: '年度工作计划',
    blocks: [
      ...cover('年度工作计划'),
      heading('二、年度目标'),
      hint('对照《市域产教联合体建设指标》和建设规划，写明本年度的总体目标。'),
      heading('三、重点任务'),
      hint('逐项写明任务、责任单位、完成时限和可以检验的成果；本表是年底核对年度工作计划完成情况的依据。'),
      planItems,
      heading('四、建设指标'),
      hint('填写各项指标的年度计划值；完成值留到年度工作总结填写。'),
      indicators,
      heading('五、实体化运作与机制'),
      hint('理事会（董事会）的运行安排，政府、企业、学校、科研机构等各方的分工与协同。'),
      heading('六、政策支持与保障'),
      hint('财税、土地、金融等政策的争取与落实，经费和人员保障。'),
      heading('七、典型案例培育'),
      hint('本年度拟总结、推广的做法和经验。'),
      heading('八、进度安排与风险'),
      hint('分季度的安排，可能影响完成的因素和应对。'),
      ...seals,
    ],
  },
  HALF_YEAR_SUMMARY: {
    title: '半年工作总结',
    blocks: [
      ...cover('半年工作总结'),
      heading('二、建设进展'),
      hint('对照建设指标和建设规划，写明上半年的主要进展和成效。'),
      heading('三、年度工作计划执行情况'),
      planItems,
      heading('四、建设指标进展'),
      indicators,
      heading('五、典型案例与经验做法'),
      hint('可推广、可复制的好做法、好经验，写明背景、做法和成效。'),
      heading('六、实体化运作与政策落实'),
      hint('理事会（董事会）运行情况，财税、土地、金融等政策的落实情况。'),
      heading('七、存在的问题'),
      hint('未达进度的事项、原因和整改措施。'),
      heading('八、下半年安排'),
      hint('下半年的重点工作和完成时限。'),
      ...seals,
    ],
  },
  ANNUAL_SUMMARY: {
    title: '年度工作总结',
    blocks: [
      ...cover('年度工作总结'),
      heading('二、建设进展与成效'),
      hint('对照建设指标和建设规划，写明本年度的主要进展和成效。'),
      heading('三、年度工作计划完成情况'),
      hint('逐项对照本年度工作计划；未完成的，写明原因和补救措施。'),
      planItems,
      heading('四、建设指标完成情况'),
      indicators,
      heading('五、典型案例与经验做法'),
      hint('可推广、可复制的好做法、好经验，写明背景、做法和成效。'),
      heading('六、实体化运作与政策落实'),
      hint('理事会（董事会）运行情况，财税、土地、金融等政策的落实情况。'),
      heading('七、绩效自评'),
      hint('对照绩效评价的要求自评，写明依据。'),
      heading('八、重大变动事项'),
      hint('如有解散、撤销或其他重大变动、重大违规行为，如实说明；没有的，写“无”。'),
      heading('九、存在的问题与下一年打算'),
      hint('存在的问题、改进措施，以及下一年的主要打算。'),
      ...seals,
    ],
  },
};
